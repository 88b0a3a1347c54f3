import StatsModel
import StatsWire

/// Sends packets again that the receiver asks for, or does not acknowledge (``ReliabilityConfiguration``).
///
/// One timer runs while a critical packet is not acknowledged, as TCP's does: when it ends the oldest such packet goes
/// out again, and the timer runs twice as long. Any packet newly acknowledged sets it back. What the answer to that one
/// packet names as missing is then sent at once, so that after a long silence one packet that gets through is enough.
///
/// While a client closes the timer asks by a closing packet instead, which is short and makes the receiver answer at once.
struct Retransmission: Sendable {
    /// Where a packet is kept.
    enum Memory: Sendable {
        case critical, history
    }

    /// Before the first answer the receiver is given so many times the shortest timeout.
    private static let firstTimeouts: Int64 = 4
    /// A receiver that was never heard is asked for an answer by so many packets at the beginning.
    private static let greetings: UInt64 = 8

    private let configuration: ReliabilityConfiguration
    private var critical: SentHistory
    private var history: SentHistory
    /// Numbers to be sent again, in this order, from `head` on.
    private var wanted: [UInt64] = []
    private var head = 0
    private var roundTrip = RoundTripTime()
    private var timer: Instant?
    private var backoff = 0
    /// The highest number kept so far.
    private var highest: UInt64 = 0
    private var hasHeard = false
    /// When the newest answer was written.
    private var newest: UInt64 = 0
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
    private var lingerStart: Instant?
    /// The receiver has all that it can still be given.
    private var isSettled = false
    private(set) var counts = RepairCounts()

    init(configuration: ReliabilityConfiguration) {
        self.configuration = configuration
        critical = SentHistory(capacity: configuration.criticalCapacity)
        history = SentHistory(capacity: configuration.historyCapacity)
    }

    /// Whether packet `sequence` is to ask for an answer.
    func wantsAcknowledgement(_ sequence: UInt64, isCritical: Bool) -> Bool {
        (isCritical && !critical.isOff) || (!hasHeard && sequence <= Self.greetings)
    }

    /// Keeps a packet that goes out now.
    mutating func store(_ packet: OutgoingPacket, isCritical: Bool, _ datagram: Span<UInt8>, at now: Instant) {
        highest = packet.sequence
        isSettled = false
        if isCritical, !critical.isOff {
            counts.unconfirmed += UInt64(critical.store(packet, datagram, at: now))
            startTimer(at: now)
        } else {
            _ = history.store(packet, datagram, at: now)
        }
    }

    private var timeout: Nanoseconds {
        let first = Nanoseconds(configuration.shortestTimeout.rawValue * Self.firstTimeouts)
        let base = max(roundTrip.timeout ?? first, configuration.shortestTimeout)
        return min(Nanoseconds(base.rawValue << Int64(min(backoff, 20))), configuration.longestTimeout)
    }

    private mutating func startTimer(at now: Instant) { if timer == nil { timer = now + timeout } }

    // MARK: What the receiver says

    /// Takes an answer; one that was overtaken by a later one says nothing new. O(packets kept + ranges), and
    /// O(log packets) for each number that is missing.
    mutating func handle(_ answer: Acknowledgement, in bytes: Span<UInt8>, at now: Instant) {
        counts.acknowledgements += 1
        guard answer.timestamp >= newest else { return }
        newest = answer.timestamp
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

    /// The receiver lacks these numbers: those that are kept are sent again, but for what is on its way already.
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
            found += 1
            if !entry.isWanted, !entry.isSettled, entry.sendings == 1 || entry.lastSent + pause <= now {
                with(memory) { $0[index].isWanted = true }
                wanted.append(entry.sequence)
            }
            index += 1
        }
        return found
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

    /// The next packet that is to go out again; nil: none. Its bytes through ``withBytes(_:_:)``.
    mutating func poll(at now: Instant, isClosing: Bool) -> (packet: OutgoingPacket, memory: Memory, index: Int)? {
        if !isClosing, let timer, now >= timer {
            backOff(at: now)
            if critical.openCount > 0, !critical[0].isWanted {
                critical[0].isWanted = true
                wanted.append(critical[0].sequence)
            }
        }
        while head < wanted.count {
            let sequence = wanted[head]
            head += 1
            if head == wanted.count {
                wanted.removeAll(keepingCapacity: true)
                head = 0
            }
            if let index = critical.index(of: sequence), let packet = send(.critical, index, at: now) {
                return (packet, .critical, index)
            }
            if let index = history.index(of: sequence), let packet = send(.history, index, at: now) {
                return (packet, .history, index)
            }
        }
        return nil
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

    private mutating func backOff(at now: Instant) {
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
    var deadline: Instant? { head < wanted.count ? .start : timer }

    // MARK: The end

    /// Everything has gone out once and the closing packets have too: begins to wait for what is missing.
    mutating func linger(at now: Instant) {
        guard lingerStart == nil else { return }
        lingerStart = now
        backoff = 0
        timer = now + timeout
    }

    /// Whether the receiver may still ask for something, or has not acknowledged what it must.
    func isWaiting(at now: Instant) -> Bool {
        if let lingerDeadline, now >= lingerDeadline { return false }
        return needsAnswer
    }

    /// Whether a packet waits for its acknowledgement, or to be sent again.
    var isOwed: Bool { critical.openCount > 0 || head < wanted.count }

    var needsAnswer: Bool { isOwed || (hasHeard && highest > 0 && !isSettled) }

    /// Until when it waits at most: longer for a receiver that was ever heard.
    var lingerDeadline: Instant? {
        let limit = hasHeard ? configuration.lingerLimit : min(configuration.unansweredLimit, configuration.lingerLimit)
        return lingerStart.map { $0 + limit }
    }

    /// Whether another closing packet is due, to make the receiver answer; then the next one is set.
    mutating func pollProbe(at now: Instant) -> Bool {
        guard let timer, now >= timer else { return false }
        backOff(at: now)
        return true
    }

    /// Nothing will be sent again any more.
    mutating func giveUp() {
        counts.unconfirmed += UInt64(critical.openCount)
        critical.removeAll()
        history.removeAll()
        wanted.removeAll(keepingCapacity: true)
        head = 0
        timer = nil
        isSettled = true
    }
}
