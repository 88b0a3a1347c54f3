import Histogram

/// The distribution of a number, such as the events of a packet: count, mean and percentiles. All zero if nothing was measured.
/// Precise to 1 %.
public struct DistributionSummary: Codable, Sendable, Equatable {
    /// The number of measured values.
    public var count: UInt64 = 0
    /// The smallest value.
    public var minimum: UInt64 = 0
    /// The mean value.
    public var mean: Double = 0
    /// The median: half of the values are at most this large.
    public var p50: UInt64 = 0
    /// The 90th percentile.
    public var p90: UInt64 = 0
    /// The 95th percentile.
    public var p95: UInt64 = 0
    /// The 99th percentile.
    public var p99: UInt64 = 0
    /// The 99.9th percentile.
    public var p999: UInt64 = 0
    /// The largest value.
    public var maximum: UInt64 = 0

    /// A summary without values.
    public init() {}

    /// Summarises a histogram in one pass. O(buckets).
    ///
    /// The results equal the histogram's own `mean` and `valueAtPercentile(_:)`. Each of those passes over all buckets in code
    /// that is generic over the count. For five histograms that took 2 ms, during which the worker had to wait.
    init(_ histogram: borrowing Histogram<UInt64>) {
        guard histogram.totalCount > 0 else { return }
        count = histogram.totalCount
        minimum = histogram.min
        maximum = histogram.max
        let ranks = [50, 90, 95, 99, 99.9].map { Self.rank(of: $0, among: histogram.totalCount) }
        var values = ranks.map { _ in 0 as UInt64 }
        var next = 0
        var total = 0.0
        for bucket in histogram.recordedValues() {
            let middle = histogram.lowestEquivalentForValue(bucket.value) + histogram.sizeOfEquivalentRangeForValue(bucket.value) >> 1
            total += Double(middle) * Double(bucket.count)
            while next < ranks.count, bucket.totalCountToThisValue >= ranks[next] {
                values[next] = max(min(bucket.value, histogram.maxRecorded), minimum)
                next += 1
            }
        }
        mean = total / Double(count)
        (p50, p90, p95, p99, p999) = (values[0], values[1], values[2], values[3], values[4])
    }

    /// The rank of a percentile among the values in ascending order, counted from 1. One unit in the last place is subtracted, so
    /// that rounding up does not skip an exact rank.
    private static func rank(of percentile: Double, among count: UInt64) -> UInt64 {
        max(1, UInt64((percentile.nextDown * Double(count) / 100).rounded(.up)))
    }
}
