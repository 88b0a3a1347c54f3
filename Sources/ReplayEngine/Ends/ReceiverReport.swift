import StatsReceiver

/// The counts that the receiver of a run reports about itself.
struct ReceiverReport {
    /// The first session since the receiver's last restart. nil if nothing arrived.
    var session: SessionSummary?
    /// The uses of the running totals received since its last restart.
    var runningTotals = RunningTotalAccountCounts()
    /// Parity packets by their outcome, over all restarts.
    var parity = ParityCounts()
}
