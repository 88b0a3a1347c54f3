package import StatsModel
package import StatsPipeline
package import StatsReceiver

/// Facts about running totals in a run (``StatsClient/ReliabilityConfiguration/runningTotalCapacity``).
package struct RunningTotalFacts: Sendable, Equatable {
    /// The client's counts of running totals that it sent, and their cost.
    package var counts = RunningTotalCounts()
    /// What became of it at the receiver, in its last epoch.
    package var heard = RunningTotalAccountCounts()
    /// Lost events that were restored, by type: increments of counters, levels of gauges.
    package var restored = TypeCounts()

    package init() {}
}
