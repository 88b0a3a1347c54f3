import StatsModel

/// A deadline for each index of a list, and the earliest of them. The deadlines are plain numbers in a row, so that the earliest
/// is found fast.
struct DeadlineList: Sendable {
    private var deadlines: [UInt64] = []
    private var earliestNumber = UInt64.max

    /// The earliest deadline. nil if there is none.
    var earliest: Instant? { earliestNumber == .max ? nil : Instant(nanoseconds: earliestNumber) }

    func isDue(_ place: Int, at now: Instant) -> Bool {
        deadlines[place] != .max && deadlines[place] <= now.nanoseconds
    }

    subscript(place: Int) -> UInt64 { deadlines[place] }

    mutating func append() { deadlines.append(.max) }

    /// Sets a deadline. O(1), or O(places) if the earliest deadline moves back.
    mutating func set(_ deadline: Instant?, at place: Int) {
        let old = deadlines[place]
        let new = deadline?.nanoseconds ?? .max
        guard new != old else { return }
        deadlines[place] = new
        if new < earliestNumber { earliestNumber = new } else if old == earliestNumber { refresh() }
    }

    /// Removes a deadline. The last one takes its place.
    mutating func swapRemove(at place: Int) {
        deadlines.swapAt(place, deadlines.count - 1)
        deadlines.removeLast()
        refresh()
    }

    private mutating func refresh() { earliestNumber = deadlines.min() ?? .max }
}
