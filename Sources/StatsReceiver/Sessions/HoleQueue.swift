import StatsModel

/// Stretches of numbers that came into sight at once and may still fill, ascending by number and so by age as well.
///
/// Holes are only given up from the low end: the oldest age first, and the window leaves the lowest behind first. So a
/// number at or above the first stretch that did not arrive is pending, and one below is lost, and no list of single
/// holes is needed. A stretch that filled wholly stays until it is the first; each covers a number of its own inside
/// the window, which bounds their count.
struct HoleQueue: Equatable, Sendable {
    struct Stretch: Equatable, Sendable {
        var from: UInt64
        let to: UInt64
        let created: Instant
        /// How many of its numbers did not arrive yet.
        var open: UInt64
    }

    /// Stretches from `head` on; those before it are spent.
    private var stretches: [Stretch] = []
    private var head = 0

    var first: Stretch? { head < stretches.count ? stretches[head] : nil }

    mutating func append(_ range: ClosedRange<UInt64>, created: Instant) {
        stretches.append(
            Stretch(
                from: range.lowerBound, to: range.upperBound, created: created,
                open: range.upperBound - range.lowerBound + 1))
    }

    /// Adds a stretch below all others, as old as they at least. O(stretches) where none was spent yet.
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

    /// Whether `number`, which did not arrive, may still fill a hole; if so it now does. O(log stretches).
    mutating func fill(_ number: UInt64) -> Bool {
        guard let first, number >= first.from else { return false }
        var low = head
        var high = stretches.count
        while low < high {
            let middle = (low + high) / 2
            if stretches[middle].to < number { low = middle + 1 } else { high = middle }
        }
        // Only after everything was given up at once can a younger stretch lie below numbers already lost.
        guard low < stretches.count, stretches[low].from <= number else { return false }
        stretches[low].open -= 1
        dropFilled()
        return true
    }

    /// The first stretch, or its part up to `limit`, leaves. `open` says how many of that part's numbers are missing.
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
