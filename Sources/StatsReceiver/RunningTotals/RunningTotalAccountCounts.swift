/// Counts of a session's running totals by their use.
package struct RunningTotalAccountCounts: Equatable, Sendable {
    /// Running totals that were read.
    package internal(set) var received: UInt64 = 0
    /// Running totals that are not newer than an earlier one.
    package internal(set) var stale: UInt64 = 0
    /// Running totals that were overtaken by later packets, or that came too early for a base.
    package internal(set) var overtaken: UInt64 = 0
    /// Running totals that contradict the events that arrived, or an earlier running total.
    package internal(set) var contradicted: UInt64 = 0
    /// Running totals of metrics without room, and levels that were not recovered because there was no room.
    package internal(set) var unplaced: UInt64 = 0
    /// Running totals that could not be read (``RunningTotalFault``). They are not part of `received`.
    package internal(set) var malformed: UInt64 = 0

    package init() {}

    package static func += (a: inout Self, b: Self) {
        a.received += b.received
        a.stale += b.stale
        a.overtaken += b.overtaken
        a.contradicted += b.contradicted
        a.unplaced += b.unplaced
        a.malformed += b.malformed
    }
}
