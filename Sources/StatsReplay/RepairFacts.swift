public import StatsClient

/// What reliability did in a run, and what it cost. All zero where the client has none.
public struct RepairFacts: Sendable, Equatable {
    /// What the client says of it.
    public var counts = RepairCounts()
    /// The receiver's acknowledgements on their way back, and their bytes.
    public var acknowledgements = PacketCounts()
    public var acknowledgementBytes: UInt64 = 0

    public init() {}

    /// Bytes on the wire that a client without would not have caused, both ways.
    public var bytes: UInt64 { counts.byteCount + acknowledgementBytes }
}
