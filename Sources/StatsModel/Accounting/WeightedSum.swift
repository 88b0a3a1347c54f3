/// A sum of values, each divided by its sample rate, that knows how exact it is.
public struct WeightedSum: Equatable, Sendable {
    public private(set) var sum = 0.0
    /// The sum of the values without their signs: what an error of rounding is measured against.
    public private(set) var magnitude = 0.0
    /// Whether every value was a whole number and all together are below 2^53: then the sum is exact in any order.
    public var isWhole: Bool { areWhole && magnitude < 9_007_199_254_740_992 }
    /// Whether every value was a whole number.
    package private(set) var areWhole = true

    public init() {}

    /// What was kept of a sum.
    package init(sum: Double, magnitude: Double, areWhole: Bool) {
        self.sum = sum
        self.magnitude = magnitude
        self.areWhole = areWhole
    }

    public mutating func add(_ value: Double, rate: Double = 1) {
        let weighted = rate == 1 ? value : value / rate
        sum += weighted
        magnitude += weighted.magnitude
        if weighted != weighted.rounded() { areWhole = false }
    }

    public static func += (a: inout Self, b: Self) {
        a.sum += b.sum
        a.magnitude += b.magnitude
        a.areWhole = a.areWhole && b.areWhole
    }

    /// Whether both are the same sum: exactly where all values were whole numbers, else to one part in 10^9.
    /// What is no finite number is equal to anything: it has no sum.
    public func agrees(with other: Self) -> Bool {
        if !sum.isFinite || !other.sum.isFinite { return true }
        let tolerance = isWhole && other.isWhole ? 0 : 1e-9 * max(magnitude, other.magnitude)
        return (sum - other.sum).magnitude <= tolerance
    }
}
