/// What a session's statements were good for.
package struct StatementAccountCounts: Equatable, Sendable {
    /// Statements of a metric that were read.
    package internal(set) var heard: UInt64 = 0
    /// Of those: as old as one heard before, or older.
    package internal(set) var stale: UInt64 = 0
    /// Overtaken by packets behind them, or too early for a base.
    package internal(set) var overtaken: UInt64 = 0
    /// Against what arrived, or against one before.
    package internal(set) var contradicted: UInt64 = 0
    /// Of metrics for which there was no room, and levels not restored for the same reason.
    package internal(set) var unplaced: UInt64 = 0
    /// Not among those heard: they could not be read (``StatementFault``).
    package internal(set) var malformed: UInt64 = 0

    package init() {}

    package static func += (a: inout Self, b: Self) {
        a.heard += b.heard
        a.stale += b.stale
        a.overtaken += b.overtaken
        a.contradicted += b.contradicted
        a.unplaced += b.unplaced
        a.malformed += b.malformed
    }
}
