public import StatsModel

/// What the network does to packets. All zero: a perfect network.
public struct Impairments: Sendable, Equatable {
    public var loss = Ratio.zero
    public var corrupt = Ratio.zero
    public var duplicate = Ratio.zero
    public var reorder = Ratio.zero
    public var delay = Nanoseconds.zero
    public var jitter = Nanoseconds.zero
    /// Data packets dropped by number: sorted, disjoint, closed ranges.
    public var drop: [ClosedRange<UInt64>] = []

    public init() {}
}
