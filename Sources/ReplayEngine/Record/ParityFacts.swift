package import StatsPipeline
package import StatsReceiver

/// Facts about parity in a run. All zero if the client sends no parity.
package struct ParityFacts: Sendable, Equatable {
    /// The clients' counts.
    package var traffic = ParityTraffic()
    /// What the receiver says of it, all its epochs together; what waited when it restarted still counts as waiting.
    package var counts = ParityCounts()

    package init() {}
}
