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
