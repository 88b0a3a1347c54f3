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

    /// O(buckets of the histogram), once.
    ///
    /// The same values as the histogram's own `mean` and `valueAtPercentile(_:)`, which each go through all buckets in code
    /// that is generic over the count: for five histograms that was 2 ms, with the worker kept waiting.
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

    /// Which of the values, in ascending order and counted from 1, is at that percentile. One unit in the last place is
    /// taken off, so that rounding up passes no exact rank.
    private static func rank(of percentile: Double, among count: UInt64) -> UInt64 {
        max(1, UInt64((percentile.nextDown * Double(count) / 100).rounded(.up)))
    }
}
