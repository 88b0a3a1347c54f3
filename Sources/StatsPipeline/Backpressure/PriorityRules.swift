public import StatsModel

/// Which metrics matter more or less than their type says, by name.
///
/// The first list that holds a matching pattern decides, in the order critical, high, low. Events and service checks
/// are critical by themselves, whatever their titles are.
public struct PriorityRules: Sendable, Equatable {
    /// Patterns of one list at most; each new metric is compared with all of them.
    public static let patternLimit = 1024

    public var critical: [MetricPattern] = []
    public var high: [MetricPattern] = []
    public var low: [MetricPattern] = []

    public init(critical: [MetricPattern] = [], high: [MetricPattern] = [], low: [MetricPattern] = []) {
        self.critical = critical
        self.high = high
        self.low = low
    }

    public var isEmpty: Bool { critical.isEmpty && high.isEmpty && low.isEmpty }

    /// The priority of a metric of that type and name. O(patterns); asked once for each metric.
    public func priority(of type: MetricType, name: Span<UInt8>) -> EventPriority {
        let standard = EventPriority.standard(for: type)
        guard type.isMetric else { return standard }
        if critical.contains(where: { $0.matches(name) }) { return .critical }
        if high.contains(where: { $0.matches(name) }) { return .high }
        if low.contains(where: { $0.matches(name) }) { return .low }
        return standard
    }

    /// Throws the first pattern that means nothing.
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
