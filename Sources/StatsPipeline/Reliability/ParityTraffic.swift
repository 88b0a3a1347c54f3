/// The cost of a client's parity packets.
public struct ParityTraffic: Equatable, Sendable {
    /// Parity packets that were handed out.
    public var packets: UInt64 = 0
    /// Bytes of these packets.
    public var byteCount: UInt64 = 0
    /// Parity packets that were given up: the next block began before they were polled, the session ended behind an open
    /// breaker, or the client crashed.
    public var skipped: UInt64 = 0
    /// Data packets that are too long for any parity (``ClientConfiguration/largeEventLimit``).
    public var uncovered: UInt64 = 0

    /// Counts that are all zero.
    public init() {}

    init(packets: UInt64, byteCount: UInt64, skipped: UInt64, uncovered: UInt64) {
        self.packets = packets
        self.byteCount = byteCount
        self.skipped = skipped
        self.uncovered = uncovered
    }

    /// Adds other counts.
    public static func += (sum: inout Self, other: Self) {
        sum.packets += other.packets
        sum.byteCount += other.byteCount
        sum.skipped += other.skipped
        sum.uncovered += other.uncovered
    }
}
