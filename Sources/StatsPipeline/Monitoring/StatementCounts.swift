/// What telling running totals did and cost.
public struct StatementCounts: Equatable, Sendable {
    /// Packets with statements, and their bytes; of a closing packet only those that the statements take.
    public internal(set) var packets: UInt64 = 0
    public internal(set) var byteCount: UInt64 = 0
    /// Statements of a metric in them.
    public internal(set) var statements: UInt64 = 0
    /// Counters and gauges whose totals are kept.
    public internal(set) var metrics: UInt64 = 0
    /// Events of counters and gauges for whose totals there was no room: what is lost of them stays lost.
    public internal(set) var unstatedEvents: UInt64 = 0

    public init() {}

    public static func += (a: inout Self, b: Self) {
        a.packets += b.packets
        a.byteCount += b.byteCount
        a.statements += b.statements
        a.metrics += b.metrics
        a.unstatedEvents += b.unstatedEvents
    }
}
