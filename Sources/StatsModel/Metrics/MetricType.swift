/// The kind of measurement of an event. The raw value is the number on the wire (binary codec, low nibble).
public enum MetricType: UInt8, CaseIterable, Sendable, Comparable {
    case counter = 0
    case gauge = 1
    case timing = 2
    case histogram = 3
    case distribution = 4
    case set = 5
    case event = 6
    case serviceCheck = 7

    /// The number of types. Arrays indexed by type have this length.
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

    /// The type with this name, or nil.
    public init?(name: String) {
        guard let type = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = type
    }

    /// Whether the type has metrics with totals. Events and service checks have none.
    @inlinable public var isMetric: Bool { self != .event && self != .serviceCheck }

    /// Whether several events of this type can be aggregated into one record. Events and service checks cannot, since each has
    /// its own contents.
    public var isAggregable: Bool {
        switch self {
        case .counter, .gauge, .timing, .histogram, .distribution, .set: true
        case .event, .serviceCheck: false
        }
    }

    /// The class whose limit of loss applies to this type.
    package var lossClass: LossClass {
        switch self {
        case .counter, .set: .counter
        case .gauge: .gauge
        case .timing, .histogram, .distribution: .timing
        case .event, .serviceCheck: .critical
        }
    }

    /// The order of the raw values.
    public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}
