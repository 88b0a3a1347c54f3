public import StatsModel

/// What the network does to packets. All zero: a perfect network.
public struct Impairments: Sendable, Equatable {
    /// Share of packets dropped.
    public var loss = Ratio.zero
    /// Share of copies in which bits are flipped.
    public var corrupt = Ratio.zero
    /// Share of packets of which a second copy is made.
    public var duplicate = Ratio.zero
    /// Share of copies that ``reorderGap`` later packets overtake.
    public var reorder = Ratio.zero
    /// How long every packet is under way.
    public var delay = Nanoseconds.zero
    /// Deviation of the delay, uniform in `delay - jitter ... delay + jitter` (tc-netem's default), never below zero.
    public var jitter = Nanoseconds.zero
    /// Data packets dropped by number: sorted, disjoint, closed ranges.
    public var drop: [ClosedRange<UInt64>] = []
    /// A reordered copy is held back until so many later packets have been sent past it ...
    public var reorderGap = 3
    /// ... or for so long beyond the longest delay, where fewer follow. Half the receiver's default reorder limit, so
    /// that a packet held back is late and not lost.
    public var reorderHold = Nanoseconds.seconds(1)
    /// Copies in flight at once; one more is dropped.
    public var maximumInFlight = 65_536

    public init() {}
}
