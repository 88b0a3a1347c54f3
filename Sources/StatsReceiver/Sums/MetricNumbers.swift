package import StatsModel

/// The sums of one metric. The metric's type decides which fields have a meaning.
package struct MetricNumbers: Equatable, Sendable {
    package internal(set) var events: UInt64 = 0
    /// Counters: value/rate. Timings, histograms, distributions: values, times the events that a record stands for. These are
    /// plain `Double` additions in the order of arrival: equal streams give equal bits, and a stream in another order may differ
    /// in the last ones.
    package internal(set) var sum = 0.0
    /// Least and greatest value of timings, histograms, distributions; infinite if there was none.
    package internal(set) var minimum = Double.infinity
    package internal(set) var maximum = -Double.infinity
    /// A gauge's level: the level of the newest timestamp, and among equal timestamps the last to arrive. Changes are added in
    /// the order of arrival.
    package internal(set) var level = 0.0
    package internal(set) var levelTimestamp = Int64.min
    /// The sum of counters, timings, histograms and distributions, each value divided by its rate. It is equal on both sides of
    /// a client that aggregates.
    package internal(set) var weighted = WeightedSum()
    /// For a set the wrapping sum of its members' hashes, which does not depend on their order.
    package internal(set) var members: UInt64 = 0

    /// Counters: the sum of value/rate. Gauges: the latest level. Timings, histograms, distributions: the sum of the values.
    /// Sets: 0.
    package func value(of type: MetricType) -> Double {
        switch type {
        case .counter, .timing, .histogram, .distribution: sum
        case .gauge: level
        case .set, .event, .serviceCheck: 0
        }
    }
}

/// The names of a metric. O(n), allocates.
package struct MetricNames {
    /// Type and label. Equal for the same metric in every catalog, different for every two metrics (``VisibleText``).
    package let key: String
    /// `name` or `name{tag,tag}`.
    package let label: String

    package init(_ metric: MetricID, in catalog: MetricCatalog) {
        label = catalog.label(of: metric)
        key = "\(catalog.type(of: metric).name) \(label)"
    }
}
