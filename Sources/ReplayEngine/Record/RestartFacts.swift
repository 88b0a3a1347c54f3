package import StatsModel

/// The number of restarts in a run, and their effects on the accounting.
package struct RestartFacts: Sendable, Equatable {
    package var receiver: UInt64 = 0
    package var client: UInt64 = 0
    /// Packets that arrived in two epochs of the receiver. Both epochs accepted them, and they count as delivered once.
    package var repeatedPackets: UInt64 = 0
    /// The events in these packets, which no other field of the record counts.
    package var repeatedEvents = TypeCounts()

    package init() {}

    package var isEmpty: Bool { receiver == 0 && client == 0 }
}
