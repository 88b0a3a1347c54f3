import StatsReceiver

/// The receiver's own report on a run.
struct ReceiverReport {
    /// The first session since the receiver's last restart. nil if nothing arrived.
    var session: SessionSummary?
    /// Running totals since the receiver's last restart, counted by their use.
    var runningTotals = RunningTotalAccountCounts()
    /// Parity packets by their outcome, over all restarts.
    var parity = ParityCounts()
}
