package import StatsWire

/// A data packet that has not arrived (yet) and was recovered from its group.
package struct RecoveredPacket: Equatable, Sendable {
    package let source: SourceID
    /// The header in the recovered bytes, whose checksum is good.
    package let header: PacketHeader
}
