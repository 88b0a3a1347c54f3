package import StatsModel

/// Events that running totals recovered.
extension StatsReceiver {
    /// The events that running totals recovered, by metric, over all sessions of this epoch of the receiver. Gauges are included
    /// even with a count of 0, if no later level arrived after their last running total. O(n log n), allocates.
    package var recoveredByTotals: [RecoveredMetric] { table.recoveredByTotals }

    /// Recovered events of metrics for which ``recoveredByTotals`` has no room.
    package var recoveredBeside: TypeCounts { table.recoveredBeside }
}
