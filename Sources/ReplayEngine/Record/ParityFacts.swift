package import StatsPipeline
package import StatsReceiver

/// What parity did in a run. All zero where the client sends none.
package struct ParityFacts: Sendable, Equatable {
    /// What the clients of the run say of it.
    package var traffic = ParityTraffic()
    /// What the receiver says of it, all its lives together; what waited when it restarted still counts as waiting.
    package var counts = ParityCounts()

    package init() {}
}
