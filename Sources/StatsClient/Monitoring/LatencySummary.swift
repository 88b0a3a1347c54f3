import Histogram

/// The distribution of one measure: count, mean and percentiles, in the measure's unit (nanoseconds, or events of a
/// batch). All zero where nothing was measured. Precise to 1 %.
public struct LatencySummary: Codable, Sendable, Equatable {
    public var count: UInt64 = 0
    public var minimum: UInt64 = 0
    public var mean: Double = 0
    public var p50: UInt64 = 0
    public var p90: UInt64 = 0
    public var p95: UInt64 = 0
    public var p99: UInt64 = 0
    public var p999: UInt64 = 0
    public var maximum: UInt64 = 0

    public init() {}

    /// O(buckets of the histogram).
    init(_ histogram: borrowing Histogram<UInt64>) {
        guard histogram.totalCount > 0 else { return }
        count = histogram.totalCount
        minimum = histogram.min
        mean = histogram.mean
        p50 = histogram.valueAtPercentile(50)
        p90 = histogram.valueAtPercentile(90)
        p95 = histogram.valueAtPercentile(95)
        p99 = histogram.valueAtPercentile(99)
        p999 = histogram.valueAtPercentile(99.9)
        maximum = histogram.max
    }
}
