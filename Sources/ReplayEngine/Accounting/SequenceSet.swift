/// A set of sequence numbers as sorted, disjoint, non-adjacent closed ranges.
///
/// Insertion at the end is O(1), elsewhere O(ranges); memory is proportional to the number of ranges.
package struct SequenceSet: Sendable, Equatable {
    package private(set) var ranges: [ClosedRange<UInt64>] = []
    /// The count of numbers in the set.
    package private(set) var count: UInt64 = 0

    package init() {}

    package var isEmpty: Bool { ranges.isEmpty }

    /// The index of the first range that ends at or after `number`.
    private func lowerBound(_ number: UInt64) -> Int {
        var low = 0
        var high = ranges.count
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].upperBound < number { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Adds `range`. Returns the count of numbers that were not in the set before.
    @discardableResult
    package mutating func insert(_ range: ClosedRange<UInt64>) -> UInt64 {
        let before = count
        var merged = range
        var first = lowerBound(range.lowerBound == 0 ? 0 : range.lowerBound - 1)
        let start = first
        while first < ranges.count, ranges[first].lowerBound <= (range.upperBound == .max ? .max : range.upperBound + 1) {
            let other = ranges[first]
            merged = min(merged.lowerBound, other.lowerBound)...max(merged.upperBound, other.upperBound)
            count -= other.upperBound - other.lowerBound + 1
            first += 1
        }
        ranges.replaceSubrange(start..<first, with: CollectionOfOne(merged))
        count += merged.upperBound - merged.lowerBound + 1
        return count - before
    }

    /// Removes `range`. Returns the count of its numbers that were in the set.
    @discardableResult
    package mutating func remove(_ range: ClosedRange<UInt64>) -> UInt64 {
        let before = count
        let start = lowerBound(range.lowerBound)
        var end = start
        var kept: [ClosedRange<UInt64>] = []
        while end < ranges.count, ranges[end].lowerBound <= range.upperBound {
            let other = ranges[end]
            count -= other.upperBound - other.lowerBound + 1
            if other.lowerBound < range.lowerBound { kept.append(other.lowerBound...range.lowerBound - 1) }
            if other.upperBound > range.upperBound { kept.append(range.upperBound + 1...other.upperBound) }
            end += 1
        }
        for rest in kept { count += rest.upperBound - rest.lowerBound + 1 }
        ranges.replaceSubrange(start..<end, with: kept)
        return before - count
    }

    package func contains(_ number: UInt64) -> Bool {
        let index = lowerBound(number)
        return index < ranges.count && ranges[index].contains(number)
    }

    /// The parts of `range` that are in the set, ascending.
    package func intersection(_ range: ClosedRange<UInt64>) -> [ClosedRange<UInt64>] {
        var parts: [ClosedRange<UInt64>] = []
        var index = lowerBound(range.lowerBound)
        while index < ranges.count, ranges[index].lowerBound <= range.upperBound {
            parts.append(ranges[index].clamped(to: range))
            index += 1
        }
        return parts
    }
}
