package import StatsPipeline

/// What reliability did in a run, and what it cost. All zero where the client has none.
package struct RepairFacts: Sendable, Equatable {
    /// What the client says of it.
    package var counts = RepairCounts()
    /// The receiver's acknowledgements on their way back, and their bytes.
    package var acknowledgements = PacketCounts()
    package var acknowledgementBytes: UInt64 = 0

    package init() {}
}
