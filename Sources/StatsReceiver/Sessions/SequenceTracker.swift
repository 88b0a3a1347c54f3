import StatsModel

/// Tracks the sequence numbers of one session: which arrived, which arrived twice or late, and which are missing or lost.
///
/// The rules are RFC 3550's extended sequence numbers with its restart, and RFC 6479's bitmap for the newest `window` numbers.
/// With `d = sequence - highest`:
/// - `0 < d <= maximumJump`: the number advances `highest`, and the numbers between become holes.
/// - `-window < d <= 0`: the number's bit shows whether it is a duplicate or late. A number below `base` is late too. `base` then
///   moves down to it, since the stream began earlier than it seemed.
/// - Any other number is out of range. Two such numbers in a row that follow each other are a restart. The second is the first
///   number of the new numbering. The first was refused and stays refused.
///
/// A number behind the window may have arrived before, so its packet is refused: nothing shows whether it is a duplicate. Packets
/// that were delayed longer than the window, second copies, retransmissions and replayed packets have early timestamps. A packet
/// behind the window can therefore only belong to a restart if its timestamp is later than that of every accepted packet. Packets
/// with earlier timestamps do not interrupt two numbers that follow each other.
///
/// A hole is lost when it leaves the window, or when it is `reorderLimit` old. A hole below the first number that arrived counts
/// as old as the session, because a higher number has been known for that long.
///
/// At any time `lost + pending = expected - unique`. Duplicates do not count in it.
///
/// Memory: `window / 8` bytes, one stretch for each row of holes inside the window, and the bounded list of gaps.
struct SequenceTracker: Sendable {
    enum Arrival: Equatable {
        case inOrder, late, duplicate, outOfRange
    }

    /// Higher numbers are never accepted. No sender gets there, and sums stay far below 2^64.
    static let maximumSequence: UInt64 = 1 << 62

    let source: SourceID
    let session: UInt64
    private let windowSize: UInt64
    private let maximumJump: UInt64
    private let reorderLimit: Nanoseconds
    /// Numbers up to here belong to an earlier, closed period of this session, of which nothing is known any more.
    private let floor: UInt64

    private var window: ArrivalWindow
    private var holes = HoleQueue()
    private var firstArrival: Instant
    private(set) var base: UInt64
    private(set) var highest: UInt64
    /// The latest timestamp of an accepted packet, by the sender's clock.
    private var newestTimestamp: UInt64 = 0
    /// The last refused number that may begin a restart. nil after a number in range.
    private var restartCandidate: UInt64?
    /// The count of numbers base...highest in the numberings before the last restart.
    private var expectedBefore: UInt64 = 0

    private(set) var unique: UInt64 = 0
    private(set) var duplicate: UInt64 = 0
    private(set) var late: UInt64 = 0
    private(set) var outOfRange: UInt64 = 0
    /// Control packets that refer to a number out of range.
    private(set) var incredibleReports: UInt64 = 0
    private(set) var restarts: UInt64 = 0
    private(set) var lost: UInt64 = 0
    private(set) var pending: UInt64 = 0
    /// The count of all holes so far.
    private(set) var holesSeen: UInt64 = 0
    private(set) var recovered: UInt64 = 0
    private(set) var unknown: UInt64
    private(set) var gaps: GapList

    /// A session that expects `base` next. Nothing is expected or missing until a number is known.
    ///
    /// - Parameter floor: numbers up to it are out of range, because they belong to an earlier period of the session that was
    ///   closed
    init(
        source: SourceID, session: UInt64, base: UInt64, floor: UInt64 = 0, at now: Instant,
        configuration: ReceiverConfiguration
    ) {
        self.source = source
        self.session = session
        windowSize = UInt64(configuration.window)
        maximumJump = configuration.maximumJump
        reorderLimit = configuration.reorderLimit
        self.floor = floor
        window = ArrivalWindow(size: configuration.window)
        firstArrival = now
        self.base = base
        highest = base - 1
        unknown = base - 1
        gaps = GapList(limit: configuration.maximumGaps)
    }

    /// The count of numbers base...highest, over all restarts.
    var expected: UInt64 { expectedBefore &+ (highest + 1 - base) }

    /// The lowest number that may still fill a hole. nil if no hole is pending.
    var firstPending: UInt64? { holes.first?.from }

    /// The lowest number that is still accepted.
    var lowestKnown: UInt64 { max(floor + 1, highest >= windowSize ? highest - windowSize + 1 : 0) }

    /// The time at which the oldest hole becomes lost. nil if none is pending.
    var deadline: Instant? { holes.first.map { $0.created + reorderLimit } }

    /// Takes a data packet with a good checksum. `timestamp` is by its sender's clock.
    mutating func receive(
        _ sequence: UInt64, timestamp: UInt64 = 0, at now: Instant, _ reports: inout LossReports
    ) -> Arrival {
        expire(at: now, &reports)
        let arrival = take(sequence, timestamp, at: now, &reports)
        switch arrival {
        case .inOrder, .late: newestTimestamp = max(newestTimestamp, timestamp)
        case .duplicate, .outOfRange: break
        }
        return arrival
    }

    private mutating func take(
        _ sequence: UInt64, _ timestamp: UInt64, at now: Instant, _ reports: inout LossReports
    ) -> Arrival {
        if sequence == highest + 1, sequence <= Self.maximumSequence {
            restartCandidate = nil
            advance(to: sequence, hasArrived: true, at: now, &reports)
            return .inOrder
        }
        guard isInRange(sequence) else { return receiveOutOfRange(sequence, timestamp, at: now, &reports) }
        restartCandidate = nil
        if sequence > highest {
            advance(to: sequence, hasArrived: true, at: now, &reports)
            return .inOrder
        }
        if window.contains(sequence) {
            duplicate += 1
            return .duplicate
        }
        receiveLate(sequence, at: now, &reports)
        return .late
    }

    /// Takes the sender's report that `sequence` is the highest number sent. Missing numbers up to it become holes.
    mutating func handleReport(of sequence: UInt64, at now: Instant, _ reports: inout LossReports) {
        expire(at: now, &reports)
        guard sequence > highest else { return }
        if isInRange(sequence) {
            advance(to: sequence, hasArrived: false, at: now, &reports)
        } else {
            incredibleReports += 1
        }
    }

    /// Gives up the holes that are `reorderLimit` old.
    mutating func expire(at now: Instant, _ reports: inout LossReports) {
        while let first = holes.first, first.created + reorderLimit <= now { giveUp(through: first.to, &reports) }
    }

    /// Calls `body` with the missing ranges for an acknowledgement: the highest `limit` ranges inside the window, ascending.
    /// O(window / 64 + ranges).
    func forEachMissing(limit: Int, _ body: (ClosedRange<UInt64>) -> Void) {
        let lowest = max(base, highest >= windowSize ? highest - windowSize + 1 : 1)
        guard lost &+ pending > 0, lowest <= highest else { return }
        var count = 0
        window.forEachMissing(in: lowest...highest) { _ in count += 1 }
        var skipped = 0
        window.forEachMissing(in: lowest...highest) { range in
            if count - skipped > limit { skipped += 1 } else { body(range) }
        }
    }

    /// Gives up every hole.
    mutating func giveUpAll(_ reports: inout LossReports) { giveUp(through: highest, &reports) }

    private func isInRange(_ sequence: UInt64) -> Bool {
        guard sequence > floor, sequence <= Self.maximumSequence else { return false }
        return sequence > highest ? sequence - highest <= maximumJump : highest - sequence < windowSize
    }

    private mutating func receiveLate(_ sequence: UInt64, at now: Instant, _ reports: inout LossReports) {
        window.insert(sequence)
        late += 1
        unique += 1
        if sequence < base {
            unknown -= min(unknown, base - sequence)
            if base - sequence > 1 {
                holes.prepend(sequence + 1...base - 1, created: firstArrival)
                pending += base - sequence - 1
                holesSeen &+= base - sequence - 1
            }
            base = sequence
            expire(at: now, &reports)
        } else if holes.fill(sequence) {
            pending -= 1
        } else {
            lost -= 1
            recovered += 1
            gaps.remove(sequence)
            reports.recordRecovered(range(sequence...sequence))
        }
    }

    private mutating func receiveOutOfRange(
        _ sequence: UInt64, _ timestamp: UInt64, at now: Instant, _ reports: inout LossReports
    ) -> Arrival {
        let isLater = unique > 0 && timestamp > newestTimestamp
        let mayRestart = sequence > highest || (sequence > floor && isLater)
        guard sequence <= Self.maximumSequence, mayRestart, let before = restartCandidate, before + 1 == sequence else {
            outOfRange += 1
            if sequence > Self.maximumSequence { restartCandidate = nil } else if mayRestart { restartCandidate = sequence }
            return .outOfRange
        }
        restart(at: sequence, now, &reports)
        advance(to: sequence, hasArrived: true, at: now, &reports)
        return .inOrder
    }

    /// Begins a new numbering with `sequence`. Missing numbers of the old numbering are lost, and numbers before the new one are
    /// unknown.
    private mutating func restart(at sequence: UInt64, _ now: Instant, _ reports: inout LossReports) {
        giveUpAll(&reports)
        expectedBefore = expected
        let skipped = sequence > highest ? sequence - highest - 1 : sequence - 1
        // The sum saturates, since strangers may restart a session as often as they like.
        unknown = unknown.addingReportingOverflow(skipped).overflow ? .max : unknown + skipped
        restarts += 1
        restartCandidate = nil
        firstArrival = now
        base = sequence
        highest = sequence - 1
        window.clearAll()
        holes.removeAll()
    }

    /// Moves `highest` up to `sequence`, which either arrived or was only reported. O(window / 64) for any distance.
    private mutating func advance(
        to sequence: UInt64, hasArrived: Bool, at now: Instant, _ reports: inout LossReports
    ) {
        let next = highest + 1
        // Numbers below `floor` leave the window now.
        let floor = sequence >= windowSize ? sequence - windowSize + 1 : 0
        if let first = holes.first, first.from < floor { giveUp(through: min(floor - 1, highest), &reports) }
        highest = sequence
        window.clear(max(next, floor)...sequence)
        if hasArrived {
            window.insert(sequence)
            unique += 1
        }
        let end = hasArrived ? sequence - 1 : sequence
        guard next <= end else { return }
        if next < floor { lose(next...min(floor - 1, end), &reports) }
        let start = max(next, floor)
        guard start <= end else { return }
        holes.append(start...end, created: now)
        holesSeen &+= end - start + 1
        pending += end - start + 1
    }

    /// Turns the pending holes up to `limit` into lost numbers.
    private mutating func giveUp(through limit: UInt64, _ reports: inout LossReports) {
        // A copy that shares the bits, which nothing below changes.
        let window = window
        while let first = holes.first, first.from <= limit {
            let end = min(first.to, limit)
            let before = lost
            window.forEachMissing(in: first.from...end) { lose($0, &reports) }
            pending -= lost &- before
            holes.dropFirst(through: end, open: lost &- before)
        }
    }

    private mutating func lose(_ numbers: ClosedRange<UInt64>, _ reports: inout LossReports) {
        lost &+= numbers.upperBound - numbers.lowerBound + 1
        gaps.insert(numbers)
        reports.recordLost(range(numbers))
    }

    private func range(_ numbers: ClosedRange<UInt64>) -> LostRange {
        LostRange(source: source, session: session, from: numbers.lowerBound, to: numbers.upperBound)
    }
}
