package import StatsModel

/// How delays vary around their mean. The names and tables are tc-netem's: a value of the table times the jitter.
package enum DelayDistribution: String, CaseIterable, Sendable {
    /// Evenly from `delay - jitter` to `delay + jitter`. netem does this without a distribution (its manual says normal).
    case uniform
    /// Standard deviation `jitter`, cut off at four of them.
    case normal
    /// Pareto of shape 3, shifted to mean 0: `(u^(-1/3) - 3/2) · 4/3`, cut off at four times the jitter. Most delays are
    /// slightly short (by at most two thirds of the jitter), and a few are very long.
    case pareto
    /// The sum of a quarter of the normal quantile and three quarters of the Pareto quantile.
    case paretonormal

    /// Reads netem's name. Errors: ``UnitError`` listing all names.
    package init(parsing text: String) throws(UnitError) {
        guard let known = Self(rawValue: text) else {
            let names = Self.allCases.map(\.rawValue).joined(separator: ", ")
            throw UnitError(text: text, expected: "a distribution: \(names)")
        }
        self = known
    }

    /// 8192 stands for one jitter, as in netem.
    static let scale: Int64 = 8192

    /// 4096 quantiles, ascending, in units of 1/8192 jitter; nil for the uniform distribution, which needs none.
    var table: [Int16]? {
        switch self {
        case .uniform: nil
        case .normal: Self.normalTable
        case .pareto: Self.paretoTable
        case .paretonormal: Self.mixedTable
        }
    }

    private static let size = 4096
    private static let normalTable = (0..<size).map { clamp(normalQuantile($0)) }
    private static let paretoTable = (0..<size).map { clamp(paretoQuantile($0)) }
    private static let mixedTable = (0..<size).map { clamp(0.25 * normalQuantile($0) + 0.75 * paretoQuantile($0)) }

    private static func clamp(_ value: Double) -> Int16 {
        Int16(max(-32_768, min(32_767, (value * Double(scale)).rounded())))
    }

    // The tables use only the four basic operations in a fixed order, so that every machine computes the same tables. The C
    // library's `pow` and `exp` may differ in the last bit.

    /// The Pareto quantile at `1 - index / 4096`, in the steps of netem's generator, at most four.
    private static func paretoQuantile(_ index: Int) -> Double {
        let x = Double(size - index) / Double(size)
        // Newton's iteration for the cube root of x, from above. It converges in far fewer steps.
        var root = 1.0
        for _ in 0..<60 { root -= (root * root * root - x) / (3 * root * root) }
        return min(32_767 / Double(scale), (1 / root - 1.5) * 4 / 3)
    }

    /// The normal quantile in the middle of part `index` of 4096 equal parts, by bisection.
    private static func normalQuantile(_ index: Int) -> Double {
        let share = (Double(index) + 0.5) / Double(size)
        if share > 0.5 { return -normalQuantile(size - 1 - index) }
        var low = 0.0
        var high = 5.0
        for _ in 0..<50 {
            let middle = (low + high) / 2
            if 0.5 - normalArea(middle) > share { low = middle } else { high = middle }
        }
        return -low
    }

    /// The area of the normal distribution from 0 to x: φ(x) · (x + x³/3 + x⁵/(3·5) + …); all terms are positive.
    private static func normalArea(_ x: Double) -> Double {
        var term = x
        var sum = x
        for odd in stride(from: 3.0, to: 203.0, by: 2) {
            term *= x * x / odd
            sum += term
        }
        // e^(x²/2) = (e^(x²/64))^32. The inner power is computed by its series.
        let y = x * x / 64
        var inner = 1.0
        for n in stride(from: 12.0, to: 0, by: -1) { inner = 1 + y / n * inner }
        for _ in 0..<5 { inner *= inner }
        return sum / (inner * 2.506_628_274_631_000_5)
    }
}
