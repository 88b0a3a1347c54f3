public import StatsClient
public import StatsReceiver

/// What parity did in a run. All zero where the client sends none.
public struct ParityFacts: Sendable, Equatable {
    /// What the clients of the run say of it.
    public var traffic = ParityTraffic()
    /// What the receiver says of it, all its lives together; what waited when it restarted still counts as waiting.
    public var counts = ParityCounts()

    public init() {}
}
