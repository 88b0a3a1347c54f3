public import StatsClient
public import StatsModel
public import StatsReceiver

/// What running totals did in a run (``StatsClient/ReliabilityConfiguration/statementCapacity``).
public struct StatementFacts: Sendable, Equatable {
    /// What the client says it told, and what that cost.
    public var counts = StatementCounts()
    /// What became of it at the receiver, in its last life.
    public var heard = StatementAccountCounts()
    /// Events restored of those lost, by type: increments of counters, levels of gauges.
    public var restored = TypeCounts()

    public init() {}
}
