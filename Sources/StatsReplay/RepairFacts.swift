public import StatsClient

/// What reliability did in a run, and what it cost. All zero where the client has none.
public struct RepairFacts: Sendable, Equatable {
    /// What the client says of it.
    public var counts = RepairCounts()
    /// The receiver's acknowledgements on their way back, and their bytes.
    public var acknowledgements = PacketCounts()
    public var acknowledgementBytes: UInt64 = 0

    public init() {}
}
