public import StatsModel

/// Priorities of metrics by name, which differ from the priorities of their types.
///
/// The first list with a matching pattern decides, in the order critical, high, low. Events and service checks are always
/// critical, whatever their titles are.
public struct PriorityRules: Sendable, Equatable {
    /// The largest number of patterns in one list. Each new metric is compared with all of them.
    public static let patternLimit = 1024

    /// Patterns of critical metrics.
    public var critical: [MetricPattern] = []
    /// Patterns of metrics with high priority.
    public var high: [MetricPattern] = []
    /// Patterns of metrics with low priority.
    public var low: [MetricPattern] = []

    /// Rules from their lists.
    public init(critical: [MetricPattern] = [], high: [MetricPattern] = [], low: [MetricPattern] = []) {
        self.critical = critical
        self.high = high
        self.low = low
    }

    /// Whether there are no patterns.
    public var isEmpty: Bool { critical.isEmpty && high.isEmpty && low.isEmpty }

    /// The priority of a metric with this type and name. O(patterns). Called once for each metric.
    public func priority(of type: MetricType, name: Span<UInt8>) -> EventPriority {
        let standard = EventPriority.standard(for: type)
        guard type.isMetric else { return standard }
        if critical.contains(where: { $0.matches(name) }) { return .critical }
        if high.contains(where: { $0.matches(name) }) { return .high }
        if low.contains(where: { $0.matches(name) }) { return .low }
        return standard
    }

    /// Throws an error for the first invalid pattern.
    func validate() throws(ConfigurationError) {
        for (list, patterns) in [("critical", critical), ("high", high), ("low", low)] {
            guard patterns.count <= Self.patternLimit else {
                throw ConfigurationError(
                    field: "priorities.\(list)", value: "\(patterns.count) patterns",
                    allowed: "0 to \(Self.patternLimit) patterns")
            }
            if let wrong = patterns.first(where: { !$0.isValid }) {
                throw ConfigurationError(
                    field: "priorities.\(list)", value: "'\(wrong)'",
                    allowed: "a name of 1 to 255 bytes, or the beginning of names and a * at its end")
            }
        }
    }
}
