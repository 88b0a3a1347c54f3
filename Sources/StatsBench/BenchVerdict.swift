/// How a measured value compares with the guide's three limits.
package enum BenchVerdict: String, Codable, Sendable, CaseIterable {
    case excellent
    case target
    /// Misses the target, but is not yet poor.
    case missed
    case poor
    /// Could not be measured here; the row gives the reason.
    case unmeasured

    /// Whether it is at least as good as `wanted`.
    package func reaches(_ wanted: BenchVerdict) -> Bool { rank <= wanted.rank }

    private var rank: Int {
        switch self {
        case .excellent: 0
        case .target: 1
        case .missed: 2
        case .poor: 3
        case .unmeasured: 4
        }
    }
}
