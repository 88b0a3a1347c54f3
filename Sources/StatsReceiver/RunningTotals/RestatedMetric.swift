package import StatsModel

/// What running totals restored of one metric, apart from what was delivered: on a dashboard both together are what the
/// sender says it sent.
package struct RestatedMetric: Equatable, Sendable {
    package let type: MetricType
    /// As in ``MetricTotals/key``.
    package let key: String
    package let label: String
    /// Of a counter the events lost, of a gauge the levels that came by a statement alone.
    package var count: UInt64
    /// Of a counter what the events lost add up to, each divided by its sample rate; 0 for a gauge.
    package var value: Double
    /// Of a gauge its level as last stated, where nothing later arrived.
    package var level: Double?
    /// Whether no packet that may still come in time holds any of it.
    package var isSettled: Bool

    /// Both together; the other one's level is the later.
    mutating func add(_ other: Self) {
        count &+= other.count
        value += other.value
        level = other.level ?? level
        isSettled = isSettled && other.isSettled
    }
}
