package import StatsModel

/// The events of one metric that running totals recovered. They do not include delivered events. The sum of both equals the
/// sender's count of sent events.
package struct RecoveredMetric: Equatable, Sendable {
    package let type: MetricType
    /// See ``MetricNames/key``.
    package let key: String
    package let label: String
    /// For a counter the number of recovered events. For a gauge the number of levels that are known from a running total only.
    package var count: UInt64
    /// For a counter the sum of the recovered events, each divided by its sample rate. 0 for a gauge.
    package var value: Double
    /// For a gauge its level in the last running total, if no later level arrived.
    package var level: Double?
    /// Whether the value is final: no packet that may still arrive in time contains any of these events.
    package var isSettled: Bool

    /// Adds another session's events. The other session is the later one, so its level counts.
    mutating func add(_ other: Self) {
        count &+= other.count
        value += other.value
        level = other.level ?? level
        isSettled = isSettled && other.isSettled
    }
}
