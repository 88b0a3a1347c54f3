/// Types that share a limit of acceptable loss: counters with sets, gauges, timings with histograms and distributions, and the
/// critical class.
package enum LossClass: UInt8, CaseIterable, Sendable, Comparable {
    case counter, gauge, timing, critical

    /// The name in JSON, golden files and reports.
    package var name: String {
        switch self {
        case .counter: "counter"
        case .gauge: "gauge"
        case .timing: "timing"
        case .critical: "critical"
        }
    }

    /// The order of the raw values.
    package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}
