package import StatsWire

/// The receiver's verdict on one datagram.
package enum ReceiveOutcome: Equatable, Sendable {
    /// A data packet that arrives for the first time. Its events count. `late` is true if it fills a hole, or moves the start of
    /// the session down.
    case accepted(PacketHeader, late: Bool)
    case duplicate(PacketHeader)
    case outOfRange(PacketHeader)
    /// A heartbeat, closing, parity or acknowledgement packet.
    case control(PacketHeader)
    /// The header or the checksum is invalid. No session was changed.
    case corrupt(PacketFault)
}
