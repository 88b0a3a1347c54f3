public import StatsModel

/// What running totals restored of one metric, apart from what was delivered: on a dashboard both together are what the
/// sender says it sent.
public struct RestatedMetric: Equatable, Sendable {
    public let type: MetricType
    /// As in ``MetricTotals/key``.
    public let key: String
    public let label: String
    /// Of a counter the events lost, of a gauge the levels that came by a statement alone.
    public var count: UInt64
    /// Of a counter what the events lost add up to, each divided by its sample rate; 0 for a gauge.
    public var value: Double
    /// Of a gauge its level as last stated, where nothing later arrived.
    public var level: Double?
    /// Whether no packet that may still come in time holds any of it.
    public var isSettled: Bool

    /// Both together; the other one's level is the later.
    mutating func add(_ other: Self) {
        count &+= other.count
        value += other.value
        level = other.level ?? level
        isSettled = isSettled && other.isSettled
    }
}

/// Metrics restored, added up over sessions. Bounded: past the bound only the counts by type go on.
struct RestatedBook: Sendable {
    private let limit: Int
    private var metrics: [String: RestatedMetric] = [:]
    /// Of metrics past the bound.
    private(set) var others = TypeCounts()

    init(limit: Int) { self.limit = limit }

    mutating func add(_ account: StatementAccount, of tracker: SequenceTracker) {
        for (index, row) in account.rows.enumerated() where row.restatedCount > 0 || row.level != nil {
            let metric = MetricID(UInt32(index))
            let names = MetricNames(metric, in: account.catalog)
            add(
                RestatedMetric(
                    type: row.isGauge ? .gauge : .counter, key: names.key, label: names.label, count: row.restatedCount,
                    value: row.restatedValue, level: row.level,
                    isSettled: tracker.firstPending.map { row.latest < $0 } ?? true))
        }
    }

    mutating func add(_ metric: RestatedMetric) {
        if metrics[metric.key] != nil {
            metrics[metric.key]?.add(metric)
        } else if metrics.count < limit {
            metrics[metric.key] = metric
        } else {
            others[metric.type] &+= metric.count
        }
    }

    /// By key, so that no dictionary's order reaches anyone.
    var all: [RestatedMetric] { metrics.values.sorted { $0.key < $1.key } }
}
