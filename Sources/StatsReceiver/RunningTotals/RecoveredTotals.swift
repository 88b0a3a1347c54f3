import StatsModel

/// Recovered metrics, added up over sessions. Bounded: metrics beyond the bound are only counted by type.
struct RecoveredTotals: Sendable {
    private let limit: Int
    private var metrics: [String: RecoveredMetric] = [:]
    /// Recovered events of metrics beyond the bound.
    private(set) var others = TypeCounts()

    init(limit: Int) { self.limit = limit }

    mutating func add(_ account: RunningTotalAccount, of tracker: SequenceTracker) {
        for (index, row) in account.rows.enumerated() where row.recoveredCount > 0 || row.level != nil {
            let metric = MetricID(UInt32(index))
            let names = MetricNames(metric, in: account.catalog)
            add(
                RecoveredMetric(
                    type: row.isGauge ? .gauge : .counter, key: names.key, label: names.label, count: row.recoveredCount,
                    value: row.recoveredValue, level: row.level,
                    isSettled: tracker.firstPending.map { row.latest < $0 } ?? true))
        }
    }

    mutating func add(_ metric: RecoveredMetric) {
        if metrics[metric.key] != nil {
            metrics[metric.key]?.add(metric)
        } else if metrics.count < limit {
            metrics[metric.key] = metric
        } else {
            others[metric.type] &+= metric.count
        }
    }

    /// Sorted by key, so that the dictionary's order never reaches a result.
    var all: [RecoveredMetric] { metrics.values.sorted { $0.key < $1.key } }
}
