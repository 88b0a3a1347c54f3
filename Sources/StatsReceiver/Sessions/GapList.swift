/// Lost numbers of one session, as sorted ranges that do not touch. Bounded: beyond the bound a new range is left out, and the
/// list is marked as truncated.
///
/// Adding at the end is O(1), elsewhere O(ranges). Nearly all numbers are lost in ascending order.
struct GapList: Equatable, Sendable {
    private(set) var ranges: [ClosedRange<UInt64>] = []
    /// Whether a range was left out.
    private(set) var isTruncated = false
    let limit: Int

    init(limit: Int) { self.limit = limit }

    /// The index of the first range that ends at or after `number`.
    private func index(from number: UInt64) -> Int {
        if let last = ranges.last, last.upperBound < number { return ranges.count }
        var low = 0
        var high = ranges.count
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].upperBound < number { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Adds `range`, and joins it with the ranges that it touches. Numbers are below 2^63.
    mutating func insert(_ range: ClosedRange<UInt64>) {
        let start = index(from: range.lowerBound - min(range.lowerBound, 1))
        var end = start
        var joined = range
        while end < ranges.count, ranges[end].lowerBound <= range.upperBound + 1 {
            let other = ranges[end]
            joined = min(joined.lowerBound, other.lowerBound)...max(joined.upperBound, other.upperBound)
            end += 1
        }
        if end == start {
            guard ranges.count < limit else {
                isTruncated = true
                return
            }
            ranges.insert(joined, at: start)
        } else {
            ranges[start] = joined
            ranges.removeSubrange(start + 1..<end)
        }
    }

    /// Removes one number. Nothing happens if it is not in the list.
    mutating func remove(_ number: UInt64) {
        let index = index(from: number)
        guard index < ranges.count, ranges[index].contains(number) else { return }
        let range = ranges[index]
        if range.lowerBound == range.upperBound {
            ranges.remove(at: index)
        } else if number == range.lowerBound {
            ranges[index] = number + 1...range.upperBound
        } else if number == range.upperBound {
            ranges[index] = range.lowerBound...number - 1
        } else {
            ranges[index] = range.lowerBound...number - 1
            if ranges.count < limit {
                ranges.insert(number + 1...range.upperBound, at: index + 1)
            } else {
                isTruncated = true
            }
        }
    }
}
