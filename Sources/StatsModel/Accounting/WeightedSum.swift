/// A sum of values, each divided by its sample rate. It keeps track of its own precision.
public struct WeightedSum: Equatable, Sendable {
    /// The sum so far.
    public private(set) var sum = 0.0
    /// The sum of the absolute values. Rounding errors are measured against it.
    public private(set) var magnitude = 0.0
    /// Whether the sum is exact in any order: every value was a whole number, and the magnitude is below 2^53.
    public var isWhole: Bool { areWhole && magnitude < 9_007_199_254_740_992 }
    /// Whether every value was a whole number.
    package private(set) var areWhole = true

    /// A sum without values.
    public init() {}

    /// A sum from its stored parts.
    package init(sum: Double, magnitude: Double, areWhole: Bool) {
        self.sum = sum
        self.magnitude = magnitude
        self.areWhole = areWhole
    }

    /// Adds a value divided by its sample rate.
    public mutating func add(_ value: Double, rate: Double = 1) {
        let weighted = rate == 1 ? value : value / rate
        sum += weighted
        magnitude += weighted.magnitude
        if weighted != weighted.rounded() { areWhole = false }
    }

    /// Adds another sum.
    public static func += (a: inout Self, b: Self) {
        a.sum += b.sum
        a.magnitude += b.magnitude
        a.areWhole = a.areWhole && b.areWhole
    }

    /// Whether both are the same sum: exactly if all values were whole numbers, else within one part in 10^9. A sum that is
    /// infinite or NaN agrees with every other sum.
    public func agrees(with other: Self) -> Bool {
        if !sum.isFinite || !other.sum.isFinite { return true }
        let tolerance = isWhole && other.isWhole ? 0 : 1e-9 * max(magnitude, other.magnitude)
        return (sum - other.sum).magnitude <= tolerance
    }
}
