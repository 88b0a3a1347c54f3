public import StatsWire

/// A data packet that did not arrive, or not yet, and was worked out from its group.
public struct RecoveredPacket: Equatable, Sendable {
    public let source: SourceID
    /// Read from the recovered bytes, whose checksum holds.
    public let header: PacketHeader
}
