package import StatsModel

/// What running totals restored.
extension StatsReceiver {
    /// What running totals restored, over all sessions of this epoch of the receiver, by metric; gauges whose level is known
    /// by a statement alone are among them with a count of 0 too, where the packet with it was not lost. O(n log n), allocates.
    package var restated: [RestatedMetric] { table.restated }

    /// Restored events of metrics for which ``restated`` has no room.
    package var restatedBeside: TypeCounts { table.restatedBeside }
}
