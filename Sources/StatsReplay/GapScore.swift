/// Holds the gaps that the receiver reports against the sequence numbers that never arrived, as sets.
///
/// Memory is bounded by what is open: a number injected leaves the set when it is found.
public struct GapScore: Sendable {
    /// Injected, and not yet found.
    private var open = SequenceSet()
    /// Found, and not (yet) known to be injected: a late packet may still take it back.
    private var unexplained = SequenceSet()
    private var injected: UInt64 = 0
    public private(set) var truth = RangeDigest()

    public init() {}

    /// No intact copy of this data packet will arrive. Numbers must ascend.
    public mutating func recordInjected(_ sequence: UInt64) {
        injected += 1
        open.insert(sequence...sequence)
        truth.append(sequence)
    }

    /// The receiver gave up `from...to`.
    public mutating func recordFound(_ range: ClosedRange<UInt64>) {
        unexplained.insert(range)
        // What was injected is explained; take it out of both.
        for part in open.intersection(range) {
            open.remove(part)
            unexplained.remove(part)
        }
    }

    /// The receiver takes back `range`: its packets came after all.
    public mutating func recordRecovered(_ range: ClosedRange<UInt64>) {
        unexplained.remove(range)
    }

    public mutating func finish() { truth.finish() }

    public var score: DetectorScore {
        var score = DetectorScore()
        score.injected = injected
        score.found = injected - open.count
        score.falseAlarms = unexplained.count
        return score
    }

    /// The first numbers injected and not found, for the report.
    public var firstMissed: [ClosedRange<UInt64>] { Array(open.ranges.prefix(4)) }
    public var firstFalse: [ClosedRange<UInt64>] { Array(unexplained.ranges.prefix(4)) }
}
