package import StatsModel

/// The totals of one metric, with its names, as reports and comparisons read them at the end of a run.
package struct MetricTotals: Equatable, Sendable {
    package let type: MetricType
    /// Type and label. Every metric has the same key in every ``EventTotals``, and no other metric has it (``VisibleText``).
    package let key: String
    /// `name` or `name{tag,tag}`.
    package let label: String
    package let numbers: MetricNumbers

    package var events: UInt64 { numbers.events }

    /// Counters: the sum of value / rate. Gauges: the latest level. Timings, histograms, distributions: the sum of the values.
    /// Sets: 0.
    package var value: Double { numbers.value(of: type) }
}

/// The values of one metric. Its type determines which fields are used.
package struct MetricNumbers: Equatable, Sendable {
    package internal(set) var events: UInt64 = 0
    /// Counters: the sum of value / rate. Timings, histograms, distributions: the sum of the values, each times the number of
    /// events that its record stands for. These are plain `Double` additions in the order of arrival. Equal streams therefore
    /// give equal bits, and a stream in another order may differ in the last bits.
    package internal(set) var sum = 0.0
    /// The lowest and highest value of timings, histograms and distributions. Infinite if there is none.
    package internal(set) var minimum = Double.infinity
    package internal(set) var maximum = -Double.infinity
    /// A gauge's level: the one with the newest timestamp, or the last to arrive among equal timestamps. Relative changes are
    /// added as they arrive.
    package internal(set) var level = 0.0
    package internal(set) var levelTimestamp = Int64.min
    /// The sum for counters, timings, histograms and distributions, each value divided by its sample rate. It is equal before and
    /// after a client that aggregates.
    package internal(set) var weighted = WeightedSum()
    /// For a set: the wrapping sum of its members' hashes, which does not depend on their order.
    package internal(set) var members: UInt64 = 0

    /// ``MetricTotals/value``.
    package func value(of type: MetricType) -> Double {
        switch type {
        case .counter, .timing, .histogram, .distribution: sum
        case .gauge: level
        case .set, .event, .serviceCheck: 0
        }
    }
}

/// The names of a metric as text. O(n), allocates.
package struct MetricNames {
    /// Equal for the same metric in every catalog, and different for any two metrics.
    package let key: String
    package let label: String

    package init(_ metric: MetricID, in catalog: MetricCatalog) {
        label = catalog.label(of: metric)
        key = "\(catalog.type(of: metric).name) \(label)"
    }
}
