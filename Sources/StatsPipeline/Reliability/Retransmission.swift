import StatsModel
import StatsWire

/// Retransmits packets that the receiver requests or does not acknowledge (``ReliabilityConfiguration``).
///
/// As in TCP, one timer runs while a critical packet is not acknowledged. When the timer ends, the oldest such packet is
/// retransmitted, and the timer runs twice as long. Any critical packet that is newly acknowledged resets it. The answer to a
/// single packet also names all other missing packets, which are then retransmitted at once. After a long outage, one packet
/// that arrives is therefore enough.
///
/// Retransmission on request is bounded for each packet and in bytes per second (``RetransmissionBudget``), since anybody could
/// have sent the acknowledgement. A packet that has to wait for bytes stays in the queue. The timer is not bounded.
///
/// While a client closes, the timer sends a closing packet instead. It is short, and makes the receiver answer at once.
///
/// If it is off (``isOff``), it keeps no packets and takes no acknowledgements, so it never has anything to send.
package struct Retransmission: Sendable {
    /// The memory in which a packet is kept.
    package enum Memory: Sendable {
        case critical, history
    }

    /// Before the first answer, the timeout is this many times the shortest timeout.
    private static let firstTimeouts: Int64 = 4
    /// The number of packets at the beginning of a session that request an answer while the receiver has never answered.
    private static let greetings: UInt64 = 8

    let configuration: ReliabilityConfiguration
    let isOff: Bool
    private let shortestTimeout: Nanoseconds
    private let longestTimeout: Nanoseconds
    let lingerLimit: Nanoseconds
    /// The longest wait for a receiver that has never answered.
    let unansweredLimit: Nanoseconds
    var critical: SentHistory
    var history: SentHistory
    /// The queue of numbers to retransmit, in this order, from `head` on.
    var wanted: [UInt64] = []
    var head = 0
    private var roundTrip = RoundTripTime()
    var timer: Instant?
    var backoff = 0
    /// The number of the newest data packet. 0 before the first one.
    var highest: UInt64 = 0
    var hasAnswered = false
    private var order = AnswerOrder()
    var budget: RetransmissionBudget
    /// The first packet of the queue if it waits for bytes, and the time until which it waits if nothing is sent before.
    var delayed: UInt64?
    /// The time at which the budget admits the first packet of the queue, if no data is sent before. nil if the budget has not
    /// refused it.
    var delayedUntil: Instant?
    /// The queued packet that the timer retransmits. The budget does not apply to it.
    var timed: UInt64?
    /// Numbers up to this one that were no longer kept have been counted.
    private var missed: UInt64 = 0
    /// Every number up to this one has arrived or is no longer requested, according to the acknowledgements.
    private(set) var floor: UInt64 = 0
    /// The lowest number that is lost for good, among those found since the last call of ``takeLost()``.
    private var lost: UInt64?
    /// The lowest number that is lost for good in the whole session. The largest `UInt64` if there is none.
    private var everLost = UInt64.max
    /// Whether the last acknowledgement named no number that is lost for good.
    private var namesNone = true
    /// Every receiver remembers at least this many numbers behind the highest one.
    private static let shortestWindow: UInt64 = 4096
    var lingerStart: Instant?
    /// Whether the receiver has everything that the client can still send.
    var isSettled = false
    var counts = RepairCounts()

    /// - Parameter configuration: nil switches it off
    init(configuration: ReliabilityConfiguration?) {
        isOff = configuration == nil
        let configuration = configuration ?? .none
        self.configuration = configuration
        shortestTimeout = Nanoseconds(configuration.shortestTimeout)
        longestTimeout = Nanoseconds(configuration.longestTimeout)
        lingerLimit = Nanoseconds(configuration.lingerLimit)
        unansweredLimit = min(Nanoseconds(configuration.unansweredLimit), lingerLimit)
        critical = SentHistory(capacity: configuration.criticalCapacity)
        history = SentHistory(capacity: configuration.historyCapacity)
        budget = RetransmissionBudget(configuration: configuration)
    }

    /// Whether packet `sequence` is to request an acknowledgement.
    func wantsAcknowledgement(_ sequence: UInt64, isCritical: Bool) -> Bool {
        !isOff && ((isCritical && !critical.isOff) || (!hasAnswered && sequence <= Self.greetings))
    }

    /// Keeps a packet that is sent now.
    mutating func store(_ packet: OutgoingPacket, isCritical: Bool, _ datagram: Span<UInt8>, at now: Instant) {
        if isOff { return }
        highest = packet.sequence
        isSettled = false
        budget.recordSent(byteCount: datagram.count)
        delayedUntil = nil
        if isCritical, !critical.isOff {
            counts.unconfirmed += UInt64(critical.store(packet, datagram, at: now))
            // A packet longer than the whole memory is not kept, and nothing waits for it.
            if critical.openCount > 0 { startTimer(at: now) }
        } else {
            _ = history.store(packet, datagram, at: now)
        }
    }

    var timeout: Nanoseconds {
        let first = Nanoseconds(shortestTimeout.rawValue * Self.firstTimeouts)
        // The time is limited before it is doubled, because the measured time has no bound.
        let base = min(max(roundTrip.timeout ?? first, shortestTimeout), longestTimeout)
        let doublings = Int64(min(backoff, 20))
        if base.rawValue > longestTimeout.rawValue >> doublings { return longestTimeout }
        return Nanoseconds(base.rawValue << doublings)
    }

    private mutating func startTimer(at now: Instant) { if timer == nil { timer = now + timeout } }

    // MARK: Acknowledgements

    /// Takes an acknowledgement. An acknowledgement that is not new (``AnswerOrder``) is only counted. O(packets kept), and
    /// O(log packets kept) for each range.
    mutating func handle(_ answer: Acknowledgement, in bytes: Span<UInt8>, at now: Instant) {
        precondition(!isOff, "a client that retransmits nothing takes no answers")
        counts.acknowledgements += 1
        guard order.admit(answer.number) else { return }
        hasAnswered = true
        sample(answer, at: now)
        // An acknowledgement with the largest number of ranges may leave out the lowest gaps.
        if answer.rangeCount == Acknowledgement.rangeLimit, answer.floor > floor { lose(from: floor + 1) }
        floor = max(floor, answer.floor)
        let before = critical.openCount
        Self.settle(&critical, by: answer, in: bytes)
        Self.settle(&history, by: answer, in: bytes)
        if critical.openCount < before {
            backoff = 0
            // A closing client keeps the timer running for its closing packets, even if no critical packet is left.
            timer = critical.openCount > 0 || lingerStart != nil ? now + timeout : nil
        }
        namesNone = answer.rangeCount < Acknowledgement.rangeLimit
        for index in 0..<answer.rangeCount { want(answer.missing(index, in: bytes), at: now) }
        // The numbers that were taken for lost were only late.
        if namesNone, everLost < .max, everLost &+ Self.shortestWindow > answer.highest { everLost = .max }
        isSettled = answer.highest >= highest && critical.openCount == 0 && head == wanted.count && !isKept(answer, bytes)
    }

    private mutating func sample(_ answer: Acknowledgement, at now: Instant) {
        guard let sent = critical.firstSent(answer.latest) ?? history.firstSent(answer.latest) else { return }
        roundTrip.record((now - sent) + Nanoseconds(-answer.held.rawValue))
    }

    /// Settles the packets that have arrived or are no longer requested, according to the acknowledgement.
    private static func settle(_ memory: inout SentHistory, by answer: Acknowledgement, in bytes: Span<UInt8>) {
        var index = 0
        for range in 0...answer.rangeCount {
            let missing = range < answer.rangeCount ? answer.missing(range, in: bytes) : nil
            let end = missing.map { $0.lowerBound } ?? answer.highest &+ 1
            while index < memory.count, memory[index].sequence < end {
                memory[index].isSettled = true
                index += 1
            }
            if let missing { index = max(index, memory.lowerBound(missing.upperBound &+ 1)) }
        }
        memory.dropSettled()
    }

    /// Handles numbers that the receiver misses. Kept packets are queued, unless they were retransmitted less than a round trip
    /// ago.
    private mutating func want(_ range: ClosedRange<UInt64>, at now: Instant) {
        let found = want(range, in: .critical, at: now) + want(range, in: .history, at: now)
        let count = range.upperBound - range.lowerBound + 1
        if found < count {
            namesNone = false
            if range.upperBound > missed || range.lowerBound < everLost { lose(from: range.lowerBound) }
        }
        if range.upperBound > missed {
            counts.unanswerable += min(count - min(count, found), range.upperBound - missed)
            missed = range.upperBound
        }
    }

    private mutating func lose(from number: UInt64) {
        lost = min(lost ?? number, number)
        everLost = min(everLost, number)
    }

    /// Whether the receiver misses a number that is no longer kept, according to its newest acknowledgement.
    var hasLost: Bool { everLost < .max }

    /// The lowest number found since the last call that the receiver misses and that is no longer kept. nil if there is none.
    mutating func takeLost() -> UInt64? {
        defer { lost = nil }
        return lost
    }

    /// Queues the packets in one memory. Returns how many of the numbers are kept there.
    private mutating func want(_ range: ClosedRange<UInt64>, in memory: Memory, at now: Instant) -> UInt64 {
        var found: UInt64 = 0
        var index = with(memory) { $0.lowerBound(range.lowerBound) }
        let pause = roundTrip.smoothed ?? .zero
        while let entry = with(memory, { index < $0.count ? $0[index] : nil }), entry.sequence <= range.upperBound {
            if !entry.isWanted, !entry.isSettled, entry.sendings == 1 || entry.lastSent + pause <= now {
                request(index, of: memory)
            }
            // A critical packet at its limit still has the timer. Any other packet at its limit counts as no longer kept.
            if memory == .critical || !with(memory, { $0[index].isExhausted }) { found += 1 }
            index += 1
        }
        return found
    }

    /// Queues a packet that the receiver requests, unless it was requested as often as allowed.
    private mutating func request(_ index: Int, of memory: Memory) {
        var entry = with(memory) { $0[index] }
        if Int(entry.requests) < configuration.retransmissionLimit {
            entry.requests += 1
            entry.isWanted = true
        } else if !entry.isExhausted {
            entry.isExhausted = true
            counts.exhausted += 1
            if memory == .history { entry.isSettled = true }
        }
        with(memory) { $0[index] = entry }
        if entry.isWanted { wanted.append(entry.sequence) }
    }

    /// Whether a memory still holds a number that the acknowledgement names as missing.
    private func isKept(_ answer: Acknowledgement, _ bytes: Span<UInt8>) -> Bool {
        for index in 0..<answer.rangeCount {
            let range = answer.missing(index, in: bytes)
            if critical.holdsAny(of: range) || history.holdsAny(of: range) { return true }
        }
        return false
    }

    mutating func with<Result>(_ memory: Memory, _ body: (inout SentHistory) -> Result) -> Result {
        switch memory {
        case .critical: body(&critical)
        case .history: body(&history)
        }
    }
}
