/// Running totals that were sent, and their cost.
public struct RunningTotalCounts: Equatable, Sendable {
    /// Packets with running totals.
    public internal(set) var packets: UInt64 = 0
    /// Bytes of these packets. In a closing packet only the bytes of the running totals count.
    public internal(set) var byteCount: UInt64 = 0
    /// Running totals of a metric in these packets.
    public internal(set) var runningTotals: UInt64 = 0
    /// Counters and gauges whose totals are kept.
    public internal(set) var metrics: UInt64 = 0
    /// Events of counters and gauges for whose totals there was no room. If they are lost, they cannot be recovered.
    public internal(set) var unsentEvents: UInt64 = 0

    /// Counts that are all zero.
    public init() {}

    /// Adds other counts.
    public static func += (a: inout Self, b: Self) {
        a.packets += b.packets
        a.byteCount += b.byteCount
        a.runningTotals += b.runningTotals
        a.metrics += b.metrics
        a.unsentEvents += b.unsentEvents
    }
}
