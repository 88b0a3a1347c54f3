/// Counts over time in a bounded number of bins. The bins double in width whenever time outgrows them.
///
/// The bins begin at the first recorded time. An earlier time (a clock that stepped back) counts in the first bin.
package struct Timeline: Equatable, Sendable {
    package let limit: Int
    /// Nanoseconds since 1970 at which the first bin begins. nil before the first record.
    package private(set) var start: Int64?
    /// The width of a bin in nanoseconds.
    package private(set) var binWidth: UInt64 = 1_000_000
    /// Counts by bin, up to the last bin with a record.
    package private(set) var bins: [UInt64] = []

    /// - Parameter limit: the largest number of bins, an even number
    package init(limit: Int = 512) {
        precondition(limit >= 2 && limit.isMultiple(of: 2), "bins are joined in pairs")
        self.limit = limit
        bins.reserveCapacity(limit)
    }

    /// Adds a count at a time. O(1), or O(limit) for the few times when the bins double.
    package mutating func record(_ count: UInt64, at time: Int64) {
        let start = self.start ?? time
        self.start = start
        // Two 64-bit times lie less than 2^64 apart, so the wrapped difference is exact.
        let distance = time > start ? UInt64(bitPattern: time &- start) : 0
        while distance / binWidth >= UInt64(limit) { double() }
        let bin = Int(distance / binWidth)
        while bins.count <= bin { bins.append(0) }
        bins[bin] += count
    }

    private mutating func double() {
        let half = (bins.count + 1) / 2
        for index in 0..<half {
            bins[index] = bins[2 * index] + (2 * index + 1 < bins.count ? bins[2 * index + 1] : 0)
        }
        bins.removeLast(bins.count - half)
        binWidth *= 2
    }
}
