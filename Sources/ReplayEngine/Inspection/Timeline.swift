/// Counts over time in a bounded number of bins, which double in width whenever the time outgrows them.
///
/// Bins begin at the first time recorded; a time before it (a clock that stepped back) counts in the first bin.
package struct Timeline: Equatable, Sendable {
    package let limit: Int
    /// Nanoseconds since 1970 at which the first bin begins; nil before the first record.
    package private(set) var start: Int64?
    /// Nanoseconds a bin covers.
    package private(set) var binWidth: UInt64 = 1_000_000
    /// Counts by bin; the last one is the last that was recorded in.
    package private(set) var bins: [UInt64] = []

    /// - Parameter limit: bins at most; even
    package init(limit: Int = 512) {
        precondition(limit >= 2 && limit.isMultiple(of: 2), "bins are joined in pairs")
        self.limit = limit
        bins.reserveCapacity(limit)
    }

    /// O(1), but for the few times the bins double: O(limit).
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
