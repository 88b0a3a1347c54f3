import Histogram

/// The distribution of a time: count, mean and percentiles. All zero if nothing was measured. Precise to 1 %.
public struct LatencySummary: Sendable, Equatable {
    private let nanoseconds: DistributionSummary

    /// A summary without values.
    public init() { nanoseconds = DistributionSummary() }

    /// Summarises a histogram of nanoseconds. O(buckets).
    init(_ histogram: borrowing Histogram<UInt64>) { nanoseconds = DistributionSummary(histogram) }

    /// The number of measured times.
    public var count: UInt64 { nanoseconds.count }
    /// The shortest time.
    public var minimum: Duration { Duration(wholeNanoseconds: nanoseconds.minimum) }
    /// The mean time.
    public var mean: Duration { .seconds(nanoseconds.mean / 1e9) }
    /// The median: half of the times are at most this long.
    public var p50: Duration { Duration(wholeNanoseconds: nanoseconds.p50) }
    /// The 90th percentile.
    public var p90: Duration { Duration(wholeNanoseconds: nanoseconds.p90) }
    /// The 95th percentile.
    public var p95: Duration { Duration(wholeNanoseconds: nanoseconds.p95) }
    /// The 99th percentile.
    public var p99: Duration { Duration(wholeNanoseconds: nanoseconds.p99) }
    /// The 99.9th percentile.
    public var p999: Duration { Duration(wholeNanoseconds: nanoseconds.p999) }
    /// The longest time.
    public var maximum: Duration { Duration(wholeNanoseconds: nanoseconds.maximum) }
}

/// In JSON the times are nanoseconds.
extension LatencySummary: Codable {
    /// Encodes the times in nanoseconds.
    public func encode(to encoder: any Encoder) throws { try nanoseconds.encode(to: encoder) }

    /// Decodes times in nanoseconds.
    public init(from decoder: any Decoder) throws { nanoseconds = try DistributionSummary(from: decoder) }
}
