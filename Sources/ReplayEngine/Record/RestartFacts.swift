package import StatsModel

/// The number of process restarts in a run, and their effect on the accounting.
package struct RestartFacts: Sendable, Equatable {
    package var receiver: UInt64 = 0
    package var client: UInt64 = 0
    /// Packets that arrived both before and after a restart of the receiver. Both accepted them, but they count as delivered
    /// once.
    package var repeatedPackets: UInt64 = 0
    /// The events in these packets, which no other field of the record counts.
    package var repeatedEvents = TypeCounts()

    package init() {}

    package var isEmpty: Bool { receiver == 0 && client == 0 }
}
