import StatsModel
import StatsReceiver

/// What a receiver that forgets everything by restarting can know of one session, worked out beside it.
///
/// An epoch lasts from one restart to the next. In it the receiver knows of the numbers `base...heard`: from the first one
/// heard (from 1 in the first epoch, which began before the sender's) up to the highest. Of those, the ones of which no
/// intact copy came in that epoch are missing to it. At a restart at T it must have given up what was missing up to the
/// number that was the highest at T - reorder limit, or that lies a window behind the highest; younger holes are forgotten.
/// At the end of the run it must have given up all. What lies below an epoch's base is unknown to it, and so is what it
/// passes over when it believes a jump (``HeardNumbers``); late packets may still tell it of holes there.
struct ReceiverEpochs {
    private let configuration: ReceiverConfiguration

    /// Whether this epoch began before the session did.
    private var isFromStart: Bool
    /// When this epoch ends; nil: with the run.
    private var end: Instant?
    private var base: UInt64?
    /// The first number that this epoch knew of.
    private var first: UInt64 = 0
    private var numbers: HeardNumbers
    /// The highest number heard when the oldest hole that is forgotten at ``end`` was not yet there.
    private var settled: UInt64 = 0
    private var arrived = SequenceSet()

    /// Of all epochs that are over.
    private var arrivedBefore = SequenceSet()
    /// The highest number that any of them knew of.
    private(set) var heardBefore: UInt64 = 0
    private(set) var found = SequenceSet()
    private(set) var missed = SequenceSet()
    private(set) var invented = SequenceSet()
    private var lost = SequenceSet()
    /// Passed over by jumps, in any epoch.
    private var passed = SequenceSet()

    init(_ configuration: ReceiverConfiguration, isFromStart: Bool, end: Instant?) {
        self.configuration = configuration
        numbers = HeardNumbers(configuration)
        self.isFromStart = isFromStart && configuration.listensFromStart
        self.end = end
    }

    /// No intact copy of this packet will arrive, whoever listens, unless it is retransmitted.
    mutating func recordInjected(_ number: UInt64) { lost.insert(number...number) }

    /// A packet was accepted, so it is not lost if it ever was: it was retransmitted.
    mutating func recordAccepted(_ number: UInt64) { if lost.contains(number) { lost.remove(number...number) } }

    /// An intact packet arrived: data with this number, or another kind that speaks of it.
    mutating func recordHeard(_ number: UInt64, isData: Bool, at time: Instant) {
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

    /// The receiver took an intact packet's number for out of range; this one was told of it. It is not, if the number lies in
    /// the window.
    mutating func recordRefused(_ number: UInt64) {
        if !numbers.isOutOfRange(number) { invented.insert(number...number) }
    }

    /// Whether an earlier epoch accepted this number, so that this one cannot know it for a duplicate.
    func hadArrived(_ number: UInt64) -> Bool { arrivedBefore.contains(number) }

    /// The receiver restarted, and will again at `next`. `reported`: the gaps of this epoch, without those taken back.
    mutating func restart(next: Instant?, reported: SequenceSet) {
        let window = UInt64(configuration.window)
        endEpoch(knowing: max(settled, numbers.highest > window ? numbers.highest - window : 0), reported)
        isFromStart = false
        end = next
    }

    mutating func finish(reported: SequenceSet) { endEpoch(knowing: numbers.highest, reported) }

    private mutating func endEpoch(knowing known: UInt64, _ reported: SequenceSet) {
        // What lies before the first number is unknown without a jump, unless late packets tell of it.
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
        heardBefore = max(heardBefore, numbers.highest)
        base = nil
        numbers = HeardNumbers(configuration)
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

    /// Injected are the lost packets, and those that the receiver had to take for lost in one epoch because they
    /// arrived in another; undetectable are those that it could know of in no epoch. After ``finish()``.
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

    /// Lost packets whose numbers some epoch passed over, and which no epoch reported or should have.
    private func outsideWindow(known: SequenceSet) -> SequenceSet {
        var parts = SequenceSet()
        for range in passed.ranges { for part in lost.intersection(range) { parts.insert(part) } }
        for range in known.ranges + missed.ranges { parts.remove(range) }
        return parts
    }
}
