package import StatsModel
package import StatsPipeline
package import StatsReceiver

/// Facts about running totals in a run (``StatsPipeline/ReliabilityConfiguration/runningTotalCapacity``).
package struct RunningTotalFacts: Sendable, Equatable {
    /// The client's counts of running totals that it sent, and their cost.
    package var counts = RunningTotalCounts()
    /// The receiver's counts of running totals by their use, in its last epoch.
    package var account = RunningTotalAccountCounts()
    /// Lost events that were recovered, by type: increments of counters, levels of gauges.
    package var recovered = TypeCounts()

    package init() {}
}
