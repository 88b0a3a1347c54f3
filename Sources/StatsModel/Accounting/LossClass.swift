/// Types that share a limit of acceptable loss: counters with sets, gauges, timings with histograms and distributions, and the
/// critical class.
public enum LossClass: UInt8, CaseIterable, Sendable, Comparable {
    case counter, gauge, timing, critical

    /// The name in JSON, golden files and reports.
    public var name: String {
        switch self {
        case .counter: "counter"
        case .gauge: "gauge"
        case .timing: "timing"
        case .critical: "critical"
        }
    }

    /// The limit. The loss must stay below this share, and for `.critical` it must be exactly zero.
    public var limit: Ratio {
        switch self {
        case .counter: Ratio(5, outOf: 100)
        case .gauge: Ratio(2, outOf: 100)
        case .timing: Ratio(1, outOf: 100)
        case .critical: Ratio(0, outOf: 100)
        }
    }

    /// The order of the raw values.
    public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}
