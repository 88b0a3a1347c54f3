package import StatsModel

/// One metric's books, with its names: what reports and comparisons read once a run is over.
package struct MetricTotals: Equatable, Sendable {
    package let type: MetricType
    /// Type and label: equal for the same metric in every ``EventTotals``, different for every two metrics
    /// (``VisibleText``).
    package let key: String
    /// `name` or `name{tag,tag}`.
    package let label: String
    package let numbers: MetricNumbers

    package var events: UInt64 { numbers.events }

    /// Counters: the sum of value/rate. Gauges: the latest level. Timings, histograms, distributions: the sum of the
    /// values. Sets: 0.
    package var value: Double { numbers.value(of: type) }
}

/// What is summed for one metric. Which fields carry anything depends on the metric's type.
package struct MetricNumbers: Equatable, Sendable {
    package internal(set) var events: UInt64 = 0
    /// Counters: value/rate; timings, histograms, distributions: values, times the events a record stands for. Plain
    /// `Double` additions in the order of
    /// arrival, so equal streams give equal bits, and a stream in another order may differ in the last ones.
    package internal(set) var sum = 0.0
    /// Least and greatest value of timings, histograms, distributions; infinite where there was none.
    package internal(set) var minimum = Double.infinity
    package internal(set) var maximum = -Double.infinity
    /// A gauge's level: of the newest timestamp, of the last arrival among equal ones; changes are added as they come.
    package internal(set) var level = 0.0
    package internal(set) var levelTimestamp = Int64.min
    /// What counters, timings, histograms and distributions add up to, each value divided by its rate: equal on both
    /// sides of a client that aggregates.
    package internal(set) var weighted = WeightedSum()
    /// Of a set: the wrapping sum of its members' hashes, which does not depend on their order.
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

/// A metric in words. O(n), allocates.
package struct MetricNames {
    /// Of one metric the same in every catalog, of two never.
    package let key: String
    package let label: String

    package init(_ metric: MetricID, in catalog: MetricCatalog) {
        label = catalog.label(of: metric)
        key = "\(catalog.type(of: metric).name) \(label)"
    }
}
