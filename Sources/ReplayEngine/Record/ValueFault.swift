package import StatsModel

/// A metric whose values do not balance.
package struct ValueFault: Equatable, Sendable {
    package let type: MetricType
    /// `name` or `name{tag,tag}`.
    package let label: String
    /// The sum of the offered values, and the sum of the values delivered or lost under any cause.
    package let offered: Double
    package let accounted: Double

    package init(type: MetricType, label: String, offered: Double, accounted: Double) {
        self.type = type
        self.label = label
        self.offered = offered
        self.accounted = accounted
    }
}
