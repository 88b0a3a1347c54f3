package import StatsModel

/// The priority of each metric, by its number.
///
/// Memory: one byte for each metric up to the highest one with a priority of its own.
package struct PriorityTable: Sendable {
    /// Metrics from this number on always have their type's standard priority.
    package let limit: Int
    /// The raw value + 1, or 0 for a metric without a priority of its own.
    private var priorities: [UInt8] = []

    /// - Parameter limit: the number of metrics that may have a priority of their own
    package init(limit: Int = 1 << 16) {
        precondition(limit > 0, "a table of priorities holds at least one metric")
        self.limit = limit
    }

    /// Gives the metric a priority of its own. False if its number is beyond the limit. O(1) amortised.
    package mutating func set(_ priority: EventPriority, of metric: MetricID) -> Bool {
        guard metric.index < limit else { return false }
        while priorities.count <= metric.index { priorities.append(0) }
        priorities[metric.index] = priority.rawValue + 1
        return true
    }

    /// The metric's own priority, or its type's. O(1).
    package func priority(of metric: MetricID, type: MetricType) -> EventPriority {
        guard metric.index < priorities.count, priorities[metric.index] > 0,
            let own = EventPriority(rawValue: priorities[metric.index] - 1)
        else { return .standard(for: type) }
        return own
    }
}
