package import StatsReceiver

/// Compares the gaps that the receiver reports with the sequence numbers that never arrived, as sets.
///
/// Memory is bounded by the open numbers: an injected number leaves the set when it is found.
package struct GapScore: Sendable {
    /// Injected numbers that were not found yet.
    private var open = SequenceSet()
    /// Found numbers that are not known to be injected (yet). A late packet may still take them back.
    private var unexplained = SequenceSet()
    private var injected: UInt64 = 0
    /// The count of injected numbers that were filled before the receiver could know of the gap.
    private var early: UInt64 = 0
    private var knowable: KnowableNumbers
    package private(set) var truth = RangeDigest()

    /// - Parameter receiver: the bounds that decide which distant numbers the receiver believes
    package init(receiver: ReceiverConfiguration = ReceiverConfiguration()) { knowable = KnowableNumbers(receiver) }

    /// Records that no intact copy of this data packet will arrive, except by retransmission. Numbers must ascend.
    package mutating func recordInjected(_ sequence: UInt64) {
        injected += 1
        truth.append(sequence)
        // The receiver may have given it up before the fate of its second copy, which is sent later, was known.
        if unexplained.contains(sequence) {
            unexplained.remove(sequence...sequence)
        } else {
            open.insert(sequence...sequence)
        }
    }

    /// Records that an intact packet arrived. It carries this number or, if it is no data packet, names it.
    package mutating func recordIntact(_ sequence: UInt64, isData: Bool = true) { knowable.record(sequence, isData: isData) }

    /// Records that the receiver refused the first copy of a packet that arrived as out of range, before it accepted any copy.
    /// The number is a gap like that of a lost packet. If it is behind the window, the receiver had given it up already.
    ///
    /// - Parameter isSure: whether the receiver has forgotten nothing, so that a refusal of a number in range is wrong
    mutating func recordRefused(_ sequence: UInt64, isSure: Bool) {
        guard !isSure || knowable.isOutOfRange(sequence) else {
            unexplained.insert(sequence...sequence)
            return
        }
        injected += 1
        if unexplained.remove(sequence...sequence) == 0 { open.insert(sequence...sequence) }
    }

    /// Records that the receiver accepted a later copy of a packet that it had refused.
    mutating func recordAcceptedAfterRefusal(_ sequence: UInt64) {
        injected -= 1
        open.remove(sequence...sequence)
    }

    /// Whether a packet with this number is refused because it is too far ahead.
    func isAhead(_ sequence: UInt64) -> Bool { knowable.isAhead(sequence) }

    /// Records that the receiver accepted a packet. If the number was injected, the packet was retransmitted. The receiver knew
    /// of the gap if it calls the packet late.
    package mutating func recordAccepted(_ sequence: UInt64, isLate: Bool) {
        guard !open.isEmpty, open.contains(sequence) else { return }
        open.remove(sequence...sequence)
        if !isLate { early += 1 }
    }

    /// Records that the receiver gave up `range`.
    package mutating func recordFound(_ range: ClosedRange<UInt64>) {
        unexplained.insert(range)
        // Injected numbers in the range are found, so they leave both sets.
        for part in open.intersection(range) {
            open.remove(part)
            unexplained.remove(part)
        }
    }

    /// Records that the receiver took back `range`, because its packets arrived after all.
    package mutating func recordRecovered(_ range: ClosedRange<UInt64>) {
        unexplained.remove(range)
    }

    package mutating func finish() { truth.finish() }

    package var score: DetectorScore {
        var score = DetectorScore()
        score.injected = injected
        score.found = injected - open.count - early
        score.outsideWindow = passedOver.count
        score.undetectable = open.count - missed.count - score.outsideWindow + early
        score.falseAlarms = unexplained.count
        return score
    }

    /// Open numbers that the receiver could know: not above the highest number that it knew of, and not passed over by a jump.
    private var missed: SequenceSet {
        var known = open
        if knowable.highest < .max { known.remove(knowable.highest + 1...UInt64.max) }
        for range in knowable.unknown.ranges { known.remove(range) }
        return known
    }

    /// Open numbers that a jump passed over.
    private var passedOver: SequenceSet {
        var passed = SequenceSet()
        for range in knowable.unknown.ranges {
            for part in open.intersection(range) { passed.insert(part) }
        }
        return passed
    }

    /// The first injected numbers that the receiver could know but did not find, for the report.
    package var firstMissed: [ClosedRange<UInt64>] { Array(missed.ranges.prefix(4)) }
    package var firstFalse: [ClosedRange<UInt64>] { Array(unexplained.ranges.prefix(4)) }
}
