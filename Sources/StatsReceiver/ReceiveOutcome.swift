package import StatsWire

/// What one datagram turned out to be.
package enum ReceiveOutcome: Equatable, Sendable {
    /// A data packet seen for the first time: its events count. `late` fills a hole.
    case accepted(PacketHeader, late: Bool)
    case duplicate(PacketHeader)
    case outOfRange(PacketHeader)
    /// A heartbeat, closing, parity or acknowledgement packet.
    case control(PacketHeader)
    /// Header or checksum do not hold; nothing else was touched.
    case corrupt(PacketFault)
}
