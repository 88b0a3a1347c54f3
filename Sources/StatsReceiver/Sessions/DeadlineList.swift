import StatsModel

/// One deadline for each place of a list, and the earliest of them: in a row of plain numbers, so that it is found fast.
struct DeadlineList: Sendable {
    private var deadlines: [UInt64] = []
    private var earliestNumber = UInt64.max

    /// The first of all; nil: there is none.
    var earliest: Instant? { earliestNumber == .max ? nil : Instant(nanoseconds: earliestNumber) }

    func isDue(_ place: Int, at now: Instant) -> Bool {
        deadlines[place] != .max && deadlines[place] <= now.nanoseconds
    }

    subscript(place: Int) -> UInt64 { deadlines[place] }

    mutating func append() { deadlines.append(.max) }

    /// O(1), but O(places) where the earliest moves back.
    mutating func set(_ deadline: Instant?, at place: Int) {
        let old = deadlines[place]
        let new = deadline?.nanoseconds ?? .max
        guard new != old else { return }
        deadlines[place] = new
        if new < earliestNumber { earliestNumber = new } else if old == earliestNumber { refresh() }
    }

    /// The last place takes this one's.
    mutating func swapRemove(at place: Int) {
        deadlines.swapAt(place, deadlines.count - 1)
        deadlines.removeLast()
        refresh()
    }

    private mutating func refresh() { earliestNumber = deadlines.min() ?? .max }
}
