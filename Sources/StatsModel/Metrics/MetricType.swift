/// What kind of measurement an event is. The raw value is the number on the wire (binary codec, low nibble).
public enum MetricType: UInt8, CaseIterable, Sendable, Comparable {
    case counter = 0
    case gauge = 1
    case timing = 2
    case histogram = 3
    case distribution = 4
    case set = 5
    case event = 6
    case serviceCheck = 7

    /// How many types there are; arrays indexed by type have this length.
    public static let count = 8

    /// The name in JSON, golden files and reports.
    public var name: String {
        switch self {
        case .counter: "counter"
        case .gauge: "gauge"
        case .timing: "timing"
        case .histogram: "histogram"
        case .distribution: "distribution"
        case .set: "set"
        case .event: "event"
        case .serviceCheck: "service_check"
        }
    }

    /// The type of that name, or nil.
    public init?(name: String) {
        guard let type = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = type
    }

    /// Whether the type is kept as a metric with totals of its own (events and service checks are not).
    public var isMetric: Bool { self != .event && self != .serviceCheck }

    /// Whether several events of this type can be added up to one record: not where each says something of its own.
    public var isAggregable: Bool {
        switch self {
        case .counter, .gauge, .timing, .histogram, .distribution, .set: true
        case .event, .serviceCheck: false
        }
    }

    /// The class that says how much of this type may be lost.
    public var lossClass: LossClass {
        switch self {
        case .counter, .set: .counter
        case .gauge: .gauge
        case .timing, .histogram, .distribution: .timing
        case .event, .serviceCheck: .critical
        }
    }

    public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}
