import StatsModel

/// The events of one metric that running totals recovered, over all epochs of the receiver.
struct RecoveredSum {
    let type: MetricType
    let label: String
    var count: UInt64 = 0
    var value = 0.0
}
