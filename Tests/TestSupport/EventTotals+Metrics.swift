package import StatsModel
package import StatsReceiver
import StatsWire

/// The totals of one metric with its names, as tests compare them.
package struct MetricTotals: Equatable, Sendable {
    package let type: MetricType
    /// See ``MetricNames/key``.
    package let key: String
    /// See ``MetricNames/label``.
    package let label: String
    package let numbers: MetricNumbers

    package var events: UInt64 { numbers.events }
    package var value: Double { numbers.value(of: type) }
}

extension EventTotals {
    /// Every metric with its names, in the order of first sight. O(n), allocates.
    package var metrics: [MetricTotals] {
        (0..<catalog.count).map { index in
            let metric = MetricID(UInt32(index))
            let names = MetricNames(metric, in: catalog)
            return MetricTotals(
                type: catalog.type(of: metric), key: names.key, label: names.label, numbers: numbers(of: metric))
        }
    }

    /// Lines or records refused for any reason.
    package var malformedTotal: UInt64 { MalformedReason.allCases.reduce(0) { $0 + malformed($1) } }
}
