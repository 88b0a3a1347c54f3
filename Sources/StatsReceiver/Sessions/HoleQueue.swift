import StatsModel

/// Stretches of missing numbers that may still arrive, in ascending order of number and therefore of age. The numbers of a
/// stretch became known at the same time.
///
/// Holes are given up from the low end only: the low stretches are the oldest, and the window leaves the lowest numbers behind
/// first. A missing number at or above the first stretch is therefore pending, and a missing number below it is lost. No list of
/// single holes is needed. A stretch that was filled completely stays until it is the first. Each stretch covers its own numbers
/// inside the window, which bounds the number of stretches.
struct HoleQueue: Equatable, Sendable {
    struct Stretch: Equatable, Sendable {
        var from: UInt64
        let to: UInt64
        let created: Instant
        /// The count of its numbers that have not arrived yet.
        var open: UInt64
    }

    /// The stretches from `head` on are in use. Those before it are finished.
    private var stretches: [Stretch] = []
    private var head = 0

    var first: Stretch? { head < stretches.count ? stretches[head] : nil }

    mutating func append(_ range: ClosedRange<UInt64>, created: Instant) {
        stretches.append(
            Stretch(
                from: range.lowerBound, to: range.upperBound, created: created,
                open: range.upperBound - range.lowerBound + 1))
    }

    /// Adds a stretch below all others, which must be at least as old. O(stretches) if no stretch was finished yet.
    mutating func prepend(_ range: ClosedRange<UInt64>, created: Instant) {
        let stretch = Stretch(
            from: range.lowerBound, to: range.upperBound, created: created,
            open: range.upperBound - range.lowerBound + 1)
        if head > 0 {
            head -= 1
            stretches[head] = stretch
        } else {
            stretches.insert(stretch, at: 0)
        }
    }

    /// Fills the hole of a missing `number`, if it is still pending. Returns whether it was. O(log stretches).
    mutating func fill(_ number: UInt64) -> Bool {
        guard let first, number >= first.from else { return false }
        var low = head
        var high = stretches.count
        while low < high {
            let middle = (low + high) / 2
            if stretches[middle].to < number { low = middle + 1 } else { high = middle }
        }
        // A newer stretch can only lie below lost numbers if everything was given up at once.
        guard low < stretches.count, stretches[low].from <= number else { return false }
        stretches[low].open -= 1
        dropFilled()
        return true
    }

    /// Removes the first stretch, or its part up to `limit`. `open` is the count of missing numbers in this part.
    mutating func dropFirst(through limit: UInt64, open: UInt64) {
        if stretches[head].to <= limit {
            head += 1
        } else {
            stretches[head].from = limit + 1
            stretches[head].open -= open
        }
        dropFilled()
    }

    mutating func removeAll() {
        stretches.removeAll(keepingCapacity: true)
        head = 0
    }

    private mutating func dropFilled() {
        while head < stretches.count, stretches[head].open == 0 { head += 1 }
        if head == stretches.count {
            removeAll()
        } else if head >= 256, head * 2 >= stretches.count {
            stretches.removeFirst(head)
            head = 0
        }
    }
}
