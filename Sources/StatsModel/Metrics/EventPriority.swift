/// The importance of an event when there is not room for all, highest first. It is a property of the metric (``PriorityTable``).
public enum EventPriority: UInt8, CaseIterable, Sendable, Comparable {
    case critical = 0
    case high = 1
    case normal = 2
    case low = 3

    /// The number of priorities. Arrays indexed by priority have this length.
    public static let count = 4

    /// The name in configurations and reports.
    public var name: String {
        switch self {
        case .critical: "critical"
        case .high: "high"
        case .normal: "normal"
        case .low: "low"
        }
    }

    /// The priority with this name, or nil.
    public init?(name: String) {
        guard let priority = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = priority
    }

    /// The default priority of a type. Types of the critical class are critical.
    public static func standard(for type: MetricType) -> Self {
        switch type.lossClass {
        case .critical: .critical
        case .counter, .gauge, .timing: .normal
        }
    }

    /// `a < b` means that a is less important than b.
    public static func < (a: Self, b: Self) -> Bool { a.rawValue > b.rawValue }
}
