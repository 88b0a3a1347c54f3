/// Data packets with a single event that is longer than a normal packet (``ClientConfiguration/largeEventLimit``).
public struct LargePacketCounts: Sendable, Equatable {
    /// The number of packets that were handed out. Second copies and retransmissions do not count.
    public var packets: UInt64 = 0
    /// Bytes of these packets.
    public var byteCount: UInt64 = 0

    /// Counts that are all zero.
    public init() {}

    /// Adds other counts.
    public static func += (sum: inout Self, other: Self) {
        sum.packets += other.packets
        sum.byteCount += other.byteCount
    }
}
