/// Running totals that were sent, and their cost.
public struct StatementCounts: Equatable, Sendable {
    /// Packets with running totals.
    public internal(set) var packets: UInt64 = 0
    /// Bytes of these packets. In a closing packet only the bytes of the running totals count.
    public internal(set) var byteCount: UInt64 = 0
    /// Running totals of a metric in these packets.
    public internal(set) var statements: UInt64 = 0
    /// Counters and gauges whose totals are kept.
    public internal(set) var metrics: UInt64 = 0
    /// Events of counters and gauges for whose totals there was no room. If they are lost, they cannot be restored.
    public internal(set) var unstatedEvents: UInt64 = 0

    /// Counts that are all zero.
    public init() {}

    /// Adds other counts.
    public static func += (a: inout Self, b: Self) {
        a.packets += b.packets
        a.byteCount += b.byteCount
        a.statements += b.statements
        a.metrics += b.metrics
        a.unstatedEvents += b.unstatedEvents
    }
}
