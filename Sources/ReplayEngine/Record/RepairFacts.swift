package import StatsPipeline

/// Facts about retransmission in a run, and its cost. All zero if the client does not retransmit.
package struct RepairFacts: Sendable, Equatable {
    /// The client's counts.
    package var counts = RepairCounts()
    /// The receiver's acknowledgements on the return path, and their bytes.
    package var acknowledgements = PacketCounts()
    package var acknowledgementBytes: UInt64 = 0

    package init() {}
}
