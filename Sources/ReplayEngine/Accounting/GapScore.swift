package import StatsReceiver

/// Holds the gaps that the receiver reports against the sequence numbers that never arrived, as sets.
///
/// Memory is bounded by what is open: a number injected leaves the set when it is found.
package struct GapScore: Sendable {
    /// Injected, and not yet found.
    private var open = SequenceSet()
    /// Found, and not (yet) known to be injected: a late packet may still take it back.
    private var unexplained = SequenceSet()
    private var injected: UInt64 = 0
    /// Injected, and filled before the receiver could know of it.
    private var early: UInt64 = 0
    private var heard: HeardNumbers
    package private(set) var truth = RangeDigest()

    /// - Parameter receiver: what the receiver believes of numbers far away
    package init(receiver: ReceiverConfiguration = ReceiverConfiguration()) { heard = HeardNumbers(receiver) }

    /// No intact copy of this data packet will arrive, but for those that the client sends again. Numbers must ascend.
    package mutating func recordInjected(_ sequence: UInt64) {
        injected += 1
        truth.append(sequence)
        // The receiver may have given it up before its second copy, sent later, decided that nothing of it arrives.
        if unexplained.contains(sequence) {
            unexplained.remove(sequence...sequence)
        } else {
            open.insert(sequence...sequence)
        }
    }

    /// An intact packet arrived that carries this number or, if it is no data packet, speaks of it.
    package mutating func recordHeard(_ sequence: UInt64, isData: Bool = true) { heard.record(sequence, isData: isData) }

    /// The receiver refused the first copy of a packet that arrived, as out of range, and nothing of the packet was accepted
    /// before: its number is a gap like that of a lost packet. One behind the window was given up already.
    ///
    /// - Parameter isSure: the receiver has forgotten nothing, so what it refuses is out of range, or it is wrong
    mutating func recordRefused(_ sequence: UInt64, isSure: Bool) {
        guard !isSure || heard.isOutOfRange(sequence) else {
            unexplained.insert(sequence...sequence)
            return
        }
        injected += 1
        if unexplained.remove(sequence...sequence) == 0 { open.insert(sequence...sequence) }
    }

    /// A later copy of a packet that was refused is accepted.
    mutating func recordAcceptedAfterRefusal(_ sequence: UInt64) {
        injected -= 1
        open.remove(sequence...sequence)
    }

    /// Whether a packet of this number is refused because it is too far ahead.
    func isAhead(_ sequence: UInt64) -> Bool { heard.isAhead(sequence) }

    /// The receiver accepted a packet. If it was injected it has come by being retransmitted, and the receiver knew of its gap
    /// where it calls it late.
    package mutating func recordAccepted(_ sequence: UInt64, isLate: Bool) {
        guard !open.isEmpty, open.contains(sequence) else { return }
        open.remove(sequence...sequence)
        if !isLate { early += 1 }
    }

    /// The receiver gave up `from...to`.
    package mutating func recordFound(_ range: ClosedRange<UInt64>) {
        unexplained.insert(range)
        // What was injected is explained; take it out of both.
        for part in open.intersection(range) {
            open.remove(part)
            unexplained.remove(part)
        }
    }

    /// The receiver takes back `range`: its packets came after all.
    package mutating func recordRecovered(_ range: ClosedRange<UInt64>) {
        unexplained.remove(range)
    }

    package mutating func finish() { truth.finish() }

    package var score: DetectorScore {
        var score = DetectorScore()
        score.injected = injected
        score.found = injected - open.count - early
        score.outsideWindow = passedOver.count
        score.undetectable = open.count - knowable.count - score.outsideWindow + early
        score.falseAlarms = unexplained.count
        return score
    }

    /// What is open although the receiver heard of a number at or behind it, and passed over none there.
    private var knowable: SequenceSet {
        var known = open
        if heard.highest < .max { known.remove(heard.highest + 1...UInt64.max) }
        for range in heard.unknown.ranges { known.remove(range) }
        return known
    }

    /// What is open where the receiver passed over numbers.
    private var passedOver: SequenceSet {
        var passed = SequenceSet()
        for range in heard.unknown.ranges {
            for part in open.intersection(range) { passed.insert(part) }
        }
        return passed
    }

    /// The first numbers injected, knowable and not found, for the report.
    package var firstMissed: [ClosedRange<UInt64>] { Array(knowable.ranges.prefix(4)) }
    package var firstFalse: [ClosedRange<UInt64>] { Array(unexplained.ranges.prefix(4)) }
}
