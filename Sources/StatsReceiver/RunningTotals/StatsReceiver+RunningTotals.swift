package import StatsModel

/// What running totals restored.
extension StatsReceiver {
    /// What running totals restored, over all sessions of this epoch of the receiver, by metric; gauges whose level is known
    /// by a running total alone are among them with a count of 0 too, where the packet with it was not lost. O(n log n), allocates.
    package var recoveredByTotals: [RecoveredMetric] { table.recoveredByTotals }

    /// Restored events of metrics for which ``recoveredByTotals`` has no room.
    package var recoveredBeside: TypeCounts { table.recoveredBeside }
}
