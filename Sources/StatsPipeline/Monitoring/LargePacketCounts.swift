/// Data packets that hold one event alone which is longer than a packet (``ClientConfiguration/largeEventLimit``).
public struct LargePacketCounts: Sendable, Equatable {
    /// How many were handed out, second copies and what is sent again not counted, and their bytes.
    public var packets: UInt64 = 0
    public var byteCount: UInt64 = 0

    public init() {}

    public static func += (sum: inout Self, other: Self) {
        sum.packets += other.packets
        sum.byteCount += other.byteCount
    }
}
