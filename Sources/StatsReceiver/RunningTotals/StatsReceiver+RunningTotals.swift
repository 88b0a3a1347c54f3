package import StatsModel

/// The events that running totals recovered.
extension StatsReceiver {
    /// The events that running totals recovered in all sessions of this epoch of the receiver, by metric. A gauge whose level is
    /// known from a running total alone is included, with a count of 0 if the packet with this level was not lost. O(n log n),
    /// allocates.
    package var recoveredByTotals: [RecoveredMetric] { table.recoveredByTotals }

    /// Recovered events of metrics for which ``recoveredByTotals`` has no room.
    package var recoveredBeside: TypeCounts { table.recoveredBeside }
}
