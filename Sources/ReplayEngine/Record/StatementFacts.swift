package import StatsModel
package import StatsPipeline
package import StatsReceiver

/// What running totals did in a run (``StatsClient/ReliabilityConfiguration/statementCapacity``).
package struct StatementFacts: Sendable, Equatable {
    /// What the client says it told, and what that cost.
    package var counts = StatementCounts()
    /// What became of it at the receiver, in its last life.
    package var heard = StatementAccountCounts()
    /// Events restored of those lost, by type: increments of counters, levels of gauges.
    package var restored = TypeCounts()

    package init() {}
}
