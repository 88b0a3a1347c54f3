import StatsModel
import StatsReceiver

/// The numbers of one session that a restarting receiver can know, computed independently. A restart makes the receiver forget
/// everything.
///
/// An epoch lasts from one restart to the next. In an epoch the receiver knows of a range of numbers: from the first number that
/// arrived (from 1 in the first epoch, which began before the sender's) to the highest. Numbers in this range without an intact
/// copy in the same epoch are missing.
///
/// At a restart at time T, the receiver must have given up the missing numbers up to the number that was the highest at T -
/// reorder limit, or that lies a window behind the highest. Younger holes are forgotten. At the end of the run, the receiver must
/// have given up all missing numbers.
///
/// Numbers below an epoch's range are unknown to it, and so are numbers that it passes over when it believes a jump
/// (``KnowableNumbers``). Late packets may still reveal holes there.
struct ReceiverEpochs {
    private let configuration: ReceiverConfiguration

    /// Whether this epoch began before the session did.
    private var isFromStart: Bool
    /// The end of this epoch. nil if it ends with the run.
    private var end: Instant?
    private var base: UInt64?
    /// The first number that this epoch knew of.
    private var first: UInt64 = 0
    private var numbers: KnowableNumbers
    /// The highest number known at ``end`` minus the reorder limit. Holes above it are too young, and are forgotten at ``end``.
    private var settled: UInt64 = 0
    private var arrived = SequenceSet()

    /// Numbers that arrived in an earlier epoch.
    private var arrivedBefore = SequenceSet()
    /// The highest number that any earlier epoch knew of.
    private(set) var highestBefore: UInt64 = 0
    private(set) var found = SequenceSet()
    private(set) var missed = SequenceSet()
    private(set) var invented = SequenceSet()
    private var lost = SequenceSet()
    /// Numbers that jumps passed over, in any epoch.
    private var passed = SequenceSet()

    init(_ configuration: ReceiverConfiguration, isFromStart: Bool, end: Instant?) {
        self.configuration = configuration
        numbers = KnowableNumbers(configuration)
        self.isFromStart = isFromStart && configuration.listensFromStart
        self.end = end
    }

    /// Records that no intact copy of this packet will arrive in any epoch, unless it is retransmitted.
    mutating func recordInjected(_ number: UInt64) { lost.insert(number...number) }

    /// Records that a packet was accepted. If it counted as lost, it was retransmitted and is no longer lost.
    mutating func recordAccepted(_ number: UInt64) { if lost.contains(number) { lost.remove(number...number) } }

    /// Records an intact packet: a data packet with this number, or a control packet that names it.
    mutating func recordIntact(_ number: UInt64, isData: Bool, at time: Instant) {
        numbers.record(number, isData: isData)
        if let base {
            if isData, !numbers.isOutOfRange(number), number < base { self.base = number }
        } else {
            first = isFromStart && number <= configuration.maximumJump ? 1 : isData ? number : number + 1
            base = first
        }
        if isData, !numbers.isOutOfRange(number) { arrived.insert(number...number) }
        if end.map({ time + configuration.reorderLimit <= $0 }) == true { settled = numbers.highest }
    }

    /// Records that the receiver refused an intact packet as out of range. Call ``recordIntact(_:isData:at:)`` with it first. If
    /// the number lies in the window, the refusal is a false alarm.
    mutating func recordRefused(_ number: UInt64) {
        if !numbers.isOutOfRange(number) { invented.insert(number...number) }
    }

    /// Whether this number arrived in an earlier epoch, so that the current epoch cannot recognise a duplicate.
    func hadArrived(_ number: UInt64) -> Bool { arrivedBefore.contains(number) }

    /// Records a restart of the receiver. `next` is the time of the next restart. `reported` has the gaps of the epoch that ends,
    /// without those taken back.
    mutating func restart(next: Instant?, reported: SequenceSet) {
        let window = UInt64(configuration.window)
        endEpoch(knowing: max(settled, numbers.highest > window ? numbers.highest - window : 0), reported)
        isFromStart = false
        end = next
    }

    mutating func finish(reported: SequenceSet) { endEpoch(knowing: numbers.highest, reported) }

    private mutating func endEpoch(knowing known: UInt64, _ reported: SequenceSet) {
        // Numbers before the first one are unknown even without a jump, unless late packets reveal them.
        if base != nil, first <= numbers.highest {
            for part in numbers.unknown.intersection(first...numbers.highest) { passed.insert(part) }
        }
        let missing = missing(upTo: numbers.highest)
        for range in reported.ranges {
            var wrong = SequenceSet()
            wrong.insert(range)
            for part in missing.intersection(range) {
                found.insert(part)
                wrong.remove(part)
            }
            for part in wrong.ranges { invented.insert(part) }
        }
        for range in self.missing(upTo: known).ranges {
            var silent = SequenceSet()
            silent.insert(range)
            for part in passed.intersection(range) { silent.remove(part) }
            for part in reported.intersection(range) { silent.remove(part) }
            for part in silent.ranges { missed.insert(part) }
        }
        for range in arrived.ranges { arrivedBefore.insert(range) }
        highestBefore = max(highestBefore, numbers.highest)
        base = nil
        numbers = KnowableNumbers(configuration)
        settled = 0
        arrived = SequenceSet()
    }

    private func missing(upTo last: UInt64) -> SequenceSet {
        var missing = SequenceSet()
        guard let base, base <= last else { return missing }
        missing.insert(base...last)
        for range in arrived.intersection(base...last) { missing.remove(range) }
        return missing
    }

    /// Injected are the lost packets, and the packets that the receiver had to consider lost in one epoch because they arrived in
    /// another. Undetectable are the injected numbers that no epoch could know of. Call it after ``finish(reported:)``.
    var score: DetectorScore {
        var known = found
        for range in missed.ranges { known.remove(range) }
        var all = lost
        for range in found.ranges + missed.ranges { all.insert(range) }
        var score = DetectorScore()
        score.injected = all.count
        score.found = known.count
        score.outsideWindow = outsideWindow(known: known).count
        score.undetectable = all.count - known.count - missed.count - score.outsideWindow
        score.falseAlarms = invented.count
        return score
    }

    /// Lost packets whose numbers some epoch passed over, and that no epoch reported or had to report.
    private func outsideWindow(known: SequenceSet) -> SequenceSet {
        var parts = SequenceSet()
        for range in passed.ranges { for part in lost.intersection(range) { parts.insert(part) } }
        for range in known.ranges + missed.ranges { parts.remove(range) }
        return parts
    }
}
