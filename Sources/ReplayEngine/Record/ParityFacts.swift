package import StatsPipeline
package import StatsReceiver

/// Facts about parity in a run. All zero if the client sends no parity.
package struct ParityFacts: Sendable, Equatable {
    /// The clients' counts.
    package var traffic = ParityTraffic()
    /// The receiver's counts, over all its restarts. Parity packets that waited at a restart stay in the count of waiting ones.
    package var counts = ParityCounts()

    package init() {}
}
