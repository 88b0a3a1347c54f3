/// A count for each metric type, in eight plain lanes without an array.
public struct TypeCounts: Sendable, Equatable {
    /// The counts, indexed by the type's raw value.
    public var lanes: SIMD8<UInt64>

    /// Counts that are all zero.
    @inlinable public init() { lanes = .zero }

    /// The count of this type.
    @inlinable public subscript(_ type: MetricType) -> UInt64 {
        get { lanes[Int(type.rawValue)] }
        set { lanes[Int(type.rawValue)] = newValue }
    }

    /// Adds one to the count of this type.
    @inlinable public mutating func add(_ type: MetricType) { lanes[Int(type.rawValue)] &+= 1 }
    /// Adds `count` to the count of this type.
    @inlinable public mutating func add(_ type: MetricType, count: UInt32) { lanes[Int(type.rawValue)] &+= UInt64(count) }

    /// The sum over all types. O(1).
    @inlinable public var total: UInt64 { lanes.wrappedSum() }

    /// The sums of both counts.
    @inlinable public static func + (a: Self, b: Self) -> Self {
        var sum = a
        sum.lanes &+= b.lanes
        return sum
    }

    /// Adds other counts.
    @inlinable public static func += (a: inout Self, b: Self) { a.lanes &+= b.lanes }

    /// The sum over the types of a loss class.
    package func total(of lossClass: LossClass) -> UInt64 {
        MetricType.allCases.reduce(0) { $1.lossClass == lossClass ? $0 + self[$1] : $0 }
    }
}
