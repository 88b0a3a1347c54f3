/// Exact quantiles of samples that are all kept, without buckets.
package enum Quantiles {
    /// The smallest sample with at least `share` of all samples at or below it ("nearest rank"); nil without samples.
    ///
    /// - Parameter sorted: in ascending order
    package static func rank<Value>(_ share: Double, ofSorted sorted: [Value]) -> Value? {
        precondition(share > 0 && share <= 1, "a share of the samples is above 0 and at most 1")
        guard !sorted.isEmpty else { return nil }
        let position = Int((share * Double(sorted.count)).rounded(.up))
        return sorted[min(max(position, 1), sorted.count) - 1]
    }

    /// The median (for an even number the mean of the two middle samples); nil without samples.
    package static func median(_ values: [Double]) -> Double? {
        guard !values.isEmpty else { return nil }
        let sorted = values.sorted()
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }
}
