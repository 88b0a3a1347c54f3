package import StatsModel

/// The totals of sessions that are no longer kept one by one.
package struct SessionTotals: Equatable, Sendable {
    package internal(set) var sessions: UInt64 = 0
    package internal(set) var received: UInt64 = 0
    package internal(set) var unique: UInt64 = 0
    package internal(set) var duplicate: UInt64 = 0
    package internal(set) var late: UInt64 = 0
    package internal(set) var outOfRange: UInt64 = 0
    package internal(set) var restarts: UInt64 = 0
    package internal(set) var expected: UInt64 = 0
    package internal(set) var lost: UInt64 = 0
    package internal(set) var recovered: UInt64 = 0
    package internal(set) var rebuilt: UInt64 = 0
    package internal(set) var unknown: UInt64 = 0
    package internal(set) var delivered = TypeCounts()

    package init() {}

    /// Adds a closed session's accounting, which has no pending numbers.
    mutating func add(_ session: SessionSummary) {
        sessions += 1
        received += session.received
        unique += session.unique
        duplicate += session.duplicate
        late += session.late
        outOfRange += session.outOfRange
        restarts += session.restarts
        expected &+= session.expected
        lost &+= session.lost
        recovered += session.recovered
        rebuilt += session.rebuilt
        unknown &+= session.unknown
        delivered += session.delivered
    }
}
