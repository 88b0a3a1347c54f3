package import StatsModel

/// How often processes restarted in a run, and what followed from it for the books.
package struct RestartFacts: Sendable, Equatable {
    package var receiver: UInt64 = 0
    package var client: UInt64 = 0
    /// Packets that arrived in two lives of the receiver: accepted by both, delivered once.
    package var repeatedPackets: UInt64 = 0
    /// Their events, which nothing else in the record counts.
    package var repeatedEvents = TypeCounts()

    package init() {}

    package var isEmpty: Bool { receiver == 0 && client == 0 }
}
