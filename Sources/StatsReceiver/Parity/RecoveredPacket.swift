package import StatsWire

/// A data packet that did not arrive, or not yet, and was worked out from its group.
package struct RecoveredPacket: Equatable, Sendable {
    package let source: SourceID
    /// Read from the recovered bytes, whose checksum holds.
    package let header: PacketHeader
}
