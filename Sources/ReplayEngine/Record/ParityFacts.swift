package import StatsPipeline
package import StatsReceiver

/// Facts about parity in a run. All zero if the client sends no parity.
package struct ParityFacts: Sendable, Equatable {
    /// The clients' counts.
    package var traffic = ParityTraffic()
    /// The receiver's counts, over all its epochs. Packets that waited when it restarted still count as waiting.
    package var counts = ParityCounts()

    package init() {}
}
