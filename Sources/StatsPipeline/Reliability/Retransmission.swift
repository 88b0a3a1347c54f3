import StatsModel
import StatsWire

/// Sends packets again that the receiver asks for, or does not acknowledge (``ReliabilityConfiguration``).
///
/// One timer runs while a critical packet is not acknowledged, as TCP's does: when it ends the oldest such packet goes
/// out again, and the timer runs twice as long. Any packet newly acknowledged sets it back. What the answer to that one
/// packet names as missing is then sent at once, so that after a long silence one packet that gets through is enough.
///
/// What is retransmitted on request is bounded for each packet and in bytes a second (``RetransmissionBudget``), since an
/// acknowledgement may be anybody's; a packet that has to wait for bytes stays in the queue. The timer is not bound.
///
/// While a client closes the timer asks by a closing packet instead, which is short and makes the receiver answer at once.
///
/// Where it is off (``isOff``) it keeps no packet and takes no answer, so it never has anything to send.
package struct Retransmission: Sendable {
    /// Where a packet is kept.
    package enum Memory: Sendable {
        case critical, history
    }

    /// Before the first answer the receiver is given so many times the shortest timeout.
    private static let firstTimeouts: Int64 = 4
    /// A receiver that was never heard is asked for an answer by so many packets at the beginning.
    private static let greetings: UInt64 = 8

    let configuration: ReliabilityConfiguration
    let isOff: Bool
    private let shortestTimeout: Nanoseconds
    private let longestTimeout: Nanoseconds
    let lingerLimit: Nanoseconds
    /// How long it waits at most for a receiver that never answered.
    let unansweredLimit: Nanoseconds
    var critical: SentHistory
    var history: SentHistory
    /// Numbers to be retransmitted, in this order, from `head` on.
    var wanted: [UInt64] = []
    var head = 0
    private var roundTrip = RoundTripTime()
    var timer: Instant?
    var backoff = 0
    /// The highest number kept so far.
    var highest: UInt64 = 0
    var hasHeard = false
    private var order = AnswerOrder()
    private var budget: RetransmissionBudget
    /// The first of the queue waits for bytes, until then if nothing is sent before.
    private var delayed: UInt64?
    var delayedUntil: Instant?
    /// The packet that the timer wants retransmitted stands in the queue.
    var timed: UInt64?
    /// Of a number below it, that it was no longer kept has been counted.
    private var missed: UInt64 = 0
    /// Up to it everything has arrived, or is no longer wanted, as far as was heard.
    private(set) var floor: UInt64 = 0
    /// The lowest number that is lost for good, among those found since it was last asked for, and ever.
    private var lost: UInt64?
    private var everLost = UInt64.max
    /// The answer just taken names no number that is lost for good.
    private var namesNone = true
    /// No receiver forgets a number that is less far behind the highest.
    private static let shortestWindow: UInt64 = 4096
    var lingerStart: Instant?
    /// The receiver has all that it can still be given.
    var isSettled = false
    var counts = RepairCounts()

    /// - Parameter configuration: nil: it is off
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

    /// Whether packet `sequence` is to ask for an answer.
    func wantsAcknowledgement(_ sequence: UInt64, isCritical: Bool) -> Bool {
        !isOff && ((isCritical && !critical.isOff) || (!hasHeard && sequence <= Self.greetings))
    }

    /// Keeps a packet that goes out now.
    mutating func store(_ packet: OutgoingPacket, isCritical: Bool, _ datagram: Span<UInt8>, at now: Instant) {
        if isOff { return }
        highest = packet.sequence
        isSettled = false
        budget.recordSent(byteCount: datagram.count)
        delayedUntil = nil
        if isCritical, !critical.isOff {
            counts.unconfirmed += UInt64(critical.store(packet, datagram, at: now))
            startTimer(at: now)
        } else {
            _ = history.store(packet, datagram, at: now)
        }
    }

    var timeout: Nanoseconds {
        let first = Nanoseconds(shortestTimeout.rawValue * Self.firstTimeouts)
        // Clamped before it is doubled: what was measured may be as long as it likes.
        let base = min(max(roundTrip.timeout ?? first, shortestTimeout), longestTimeout)
        let doublings = Int64(min(backoff, 20))
        if base.rawValue > longestTimeout.rawValue >> doublings { return longestTimeout }
        return Nanoseconds(base.rawValue << doublings)
    }

    private mutating func startTimer(at now: Instant) { if timer == nil { timer = now + timeout } }

    // MARK: What the receiver says

    /// Takes an answer; one that was overtaken by a later one of the same receiver says nothing new (``AnswerOrder``). O(packets kept + ranges), and
    /// O(log packets) for each number that is missing.
    mutating func handle(_ answer: Acknowledgement, in bytes: Span<UInt8>, at now: Instant) {
        precondition(!isOff, "a client that retransmits nothing takes no answers")
        counts.acknowledgements += 1
        guard order.admit(answer.number) else { return }
        hasHeard = true
        sample(answer, at: now)
        // Of so many gaps the answer leaves the lowest out.
        if answer.rangeCount == Acknowledgement.rangeLimit, answer.floor > floor { lose(from: floor + 1) }
        floor = max(floor, answer.floor)
        let before = critical.openCount
        Self.settle(&critical, by: answer, in: bytes)
        Self.settle(&history, by: answer, in: bytes)
        if critical.openCount < before {
            backoff = 0
            // A client that closes goes on asking, whatever it asks for, until it knows all.
            timer = critical.openCount > 0 || lingerStart != nil ? now + timeout : nil
        }
        namesNone = answer.rangeCount < Acknowledgement.rangeLimit
        for index in 0..<answer.rangeCount { want(answer.missing(index, in: bytes), at: now) }
        // What was taken for lost was only late.
        if namesNone, everLost < .max, everLost &+ Self.shortestWindow > answer.highest { everLost = .max }
        isSettled = answer.highest >= highest && critical.openCount == 0 && head == wanted.count && !isKept(answer, bytes)
    }

    private mutating func sample(_ answer: Acknowledgement, at now: Instant) {
        guard let sent = critical.firstSent(answer.latest) ?? history.firstSent(answer.latest) else { return }
        roundTrip.record((now - sent) + Nanoseconds(-answer.held.rawValue))
    }

    /// Settles what the answer says has arrived or is no longer wanted.
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

    /// The receiver lacks these numbers: those that are kept are retransmitted, but for what is on its way already.
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

    /// Whether there is a number that the receiver lacks and that is no longer kept, as far as its newest answer says.
    var hasLost: Bool { everLost < .max }

    /// The lowest number found since the last call that the receiver lacks and that is no longer kept; nil: none was.
    mutating func takeLost() -> UInt64? {
        defer { lost = nil }
        return lost
    }

    /// Answers how many of the numbers are kept.
    private mutating func want(_ range: ClosedRange<UInt64>, in memory: Memory, at now: Instant) -> UInt64 {
        var found: UInt64 = 0
        var index = with(memory) { $0.lowerBound(range.lowerBound) }
        let pause = roundTrip.smoothed ?? .zero
        while let entry = with(memory, { index < $0.count ? $0[index] : nil }), entry.sequence <= range.upperBound {
            if !entry.isWanted, !entry.isSettled, entry.sendings == 1 || entry.lastSent + pause <= now {
                request(index, of: memory)
            }
            // Beyond its limit a critical packet still has its timer; any other is as good as not kept.
            if memory == .critical || !with(memory, { $0[index].isExhausted }) { found += 1 }
            index += 1
        }
        return found
    }

    /// Puts a packet that the receiver asks for into the queue, if it may be retransmitted once more.
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

    private func isKept(_ answer: Acknowledgement, _ bytes: Span<UInt8>) -> Bool {
        for index in 0..<answer.rangeCount {
            let range = answer.missing(index, in: bytes)
            if critical.holdsAny(of: range) || history.holdsAny(of: range) { return true }
        }
        return false
    }

    private mutating func with<Result>(_ memory: Memory, _ body: (inout SentHistory) -> Result) -> Result {
        switch memory {
        case .critical: body(&critical)
        case .history: body(&history)
        }
    }

    // MARK: What goes out again

    /// Whether no timer runs and nothing waits to go out again: ``poll(at:isClosing:)`` answers nil.
    var isIdle: Bool {
        @inline(__always) get { timer == nil && head == wanted.count }
    }

    /// The next packet that is to go out again; nil: none. Its bytes through ``withBytes(_:_:)``.
    mutating func poll(at now: Instant, isClosing: Bool) -> (packet: OutgoingPacket, memory: Memory, index: Int)? {
        if !isClosing, let timer, now >= timer {
            backOff(at: now)
            if critical.openCount > 0 {
                timed = critical[0].sequence
                if !critical[0].isWanted {
                    critical[0].isWanted = true
                    wanted.append(critical[0].sequence)
                }
            }
        }
        while head < wanted.count {
            guard let (memory, index) = place(of: wanted[head]) else {
                removeFirstWanted()
                continue
            }
            let sequence = wanted[head]
            guard sequence == timed || permits(memory, index, at: now) else { return pollTimed(at: now) }
            removeFirstWanted()
            if sequence == timed { timed = nil }
            if let packet = send(memory, index, at: now) { return (packet, memory, index) }
        }
        return nil
    }

    /// Where a packet of the queue stands; nil where it is no longer kept, has arrived, or has gone out already.
    private func place(of sequence: UInt64) -> (Memory, Int)? {
        if let index = critical.index(of: sequence) {
            return critical[index].isWanted && !critical[index].isSettled ? (.critical, index) : nil
        }
        guard let index = history.index(of: sequence), history[index].isWanted, !history[index].isSettled else { return nil }
        return (.history, index)
    }

    private mutating func removeFirstWanted() {
        head += 1
        delayedUntil = nil
        guard head == wanted.count else { return }
        wanted.removeAll(keepingCapacity: true)
        head = 0
    }

    /// Whether the first of the queue may go out as far as bytes are concerned; if not it waits.
    private mutating func permits(_ memory: Memory, _ index: Int, at now: Instant) -> Bool {
        if let delayedUntil, now < delayedUntil { return false }
        let byteCount = Int(with(memory) { $0[index].byteCount })
        if budget.take(byteCount: byteCount, at: now) { return true }
        let sequence = with(memory) { $0[index].sequence }
        if delayed != sequence { counts.delayed += 1 }
        delayed = sequence
        delayedUntil = budget.time(byteCount: byteCount)
        return false
    }

    /// The packet that the timer wants sent goes in front of those that wait for bytes.
    private mutating func pollTimed(at now: Instant) -> (packet: OutgoingPacket, memory: Memory, index: Int)? {
        guard let sequence = timed else { return nil }
        timed = nil
        guard let (memory, index) = place(of: sequence), let packet = send(memory, index, at: now) else { return nil }
        return (packet, memory, index)
    }

    private mutating func send(_ memory: Memory, _ index: Int, at now: Instant) -> OutgoingPacket? {
        guard let entry = with(memory, { $0.sendAgain(index, at: now) }) else { return nil }
        var packet = OutgoingPacket(
            kind: .data, sequence: entry.sequence, eventCount: Int(entry.eventCount), byteCount: Int(entry.byteCount))
        packet.copy = Int(entry.sendings)
        counts.packets += 1
        counts.byteCount += UInt64(packet.byteCount)
        return packet
    }

    mutating func backOff(at now: Instant) {
        counts.timeouts += 1
        backoff += 1
        timer = now + timeout
    }

    func withBytes<Result: ~Copyable, Failure: Error>(
        _ memory: Memory, _ index: Int, _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        switch memory {
        case .critical: try critical.withBytes(of: index, body)
        case .history: try history.withBytes(of: index, body)
        }
    }

    /// When ``poll(at:isClosing:)`` or, while closing, ``pollProbe(at:)`` next has something; nil: never.
    var deadline: Instant? {
        guard head < wanted.count else { return timer }
        guard timed == nil, let delayedUntil else { return .start }
        return timer.map { min($0, delayedUntil) } ?? delayedUntil
    }
}
