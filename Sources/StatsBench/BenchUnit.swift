/// The unit of a row's numbers, and their form in the text report.
package enum BenchUnit: String, Codable, Sendable {
    case nanoseconds
    case eventsPerSecond = "events_per_second"
    case bytes
    case share
    case count

    /// A number with its unit and three significant digits: "4.6 ns", "1.30 ms", "7.2 M/s", "412 KB", "0.31 %".
    package func text(_ value: Double) -> String {
        guard value.isFinite else { return "none" }
        return switch self {
        case .nanoseconds: Self.scaled(value, [(1, "ns"), (1e3, "µs"), (1e6, "ms"), (1e9, "s")])
        case .eventsPerSecond: Self.scaled(value, [(1, "/s"), (1e3, "k/s"), (1e6, "M/s"), (1e9, "G/s")])
        case .bytes: Self.scaled(value, [(1, "B"), (1e3, "KB"), (1e6, "MB"), (1e9, "GB")])
        case .share: Self.digits(value * 100) + " %"
        case .count: Self.digits(value)
        }
    }

    private static func scaled(_ value: Double, _ steps: [(Double, String)]) -> String {
        let step = steps.last { abs(value) >= $0.0 * 0.9995 } ?? steps[0]
        return "\(digits(value / step.0)) \(step.1)"
    }

    /// Three significant digits, without zeros at the end of a fraction.
    static func digits(_ value: Double) -> String {
        let magnitude = abs(value)
        let decimals = magnitude == 0 || magnitude >= 99.95 ? 0 : magnitude >= 9.995 ? 1 : magnitude >= 0.9995 ? 2 : 4
        var power = 1.0
        for _ in 0..<decimals { power *= 10 }
        let scaled = (magnitude * power).rounded()
        guard scaled < 1e15 else { return "\(value)" }
        let whole = UInt64(scaled / power)
        var text = "\(whole)"
        var fraction = "\(UInt64(scaled) - whole * UInt64(power))"
        while fraction.utf8.count < decimals { fraction = "0" + fraction }
        while fraction.hasSuffix("0") { fraction.removeLast() }
        if decimals > 0, !fraction.isEmpty { text += "." + fraction }
        return (value < 0 && scaled > 0 ? "-" : "") + text
    }
}
