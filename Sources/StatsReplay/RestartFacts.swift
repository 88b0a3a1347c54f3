public import StatsModel

/// How often processes restarted in a run, and what followed from it for the books.
public struct RestartFacts: Sendable, Equatable {
    public var receiver: UInt64 = 0
    public var client: UInt64 = 0
    /// Packets that arrived in two lives of the receiver: accepted by both, delivered once.
    public var repeatedPackets: UInt64 = 0
    /// Their events, which nothing else in the record counts.
    public var repeatedEvents = TypeCounts()

    public init() {}

    public var isEmpty: Bool { receiver == 0 && client == 0 }
}
