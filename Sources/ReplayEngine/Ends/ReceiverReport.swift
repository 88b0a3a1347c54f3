import StatsReceiver

/// What the receiver of a run says of itself.
struct ReceiverReport {
    /// The first session it knows, since its last restart; nil when nothing arrived.
    var session: SessionSummary?
    /// What the running totals heard since its last restart were good for.
    var runningTotals = RunningTotalAccountCounts()
    /// What became of parity packets, over all restarts.
    var parity = ParityCounts()
}
