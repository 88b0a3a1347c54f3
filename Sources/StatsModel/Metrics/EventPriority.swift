/// How much an event matters when there is not room for all. A property of its metric (``PriorityTable``), highest
/// first.
public enum EventPriority: UInt8, CaseIterable, Sendable, Comparable {
    case critical = 0
    case high = 1
    case normal = 2
    case low = 3

    public static let count = 4

    public var name: String {
        switch self {
        case .critical: "critical"
        case .high: "high"
        case .normal: "normal"
        case .low: "low"
        }
    }

    public init?(name: String) {
        guard let priority = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = priority
    }

    /// What a metric of that type has where nobody said otherwise: what must not be lost at all is critical.
    public static func standard(for type: MetricType) -> Self {
        switch type.lossClass {
        case .critical: .critical
        case .counter, .gauge, .timing: .normal
        }
    }

    /// `a < b`: a matters less than b.
    public static func < (a: Self, b: Self) -> Bool { a.rawValue > b.rawValue }
}
