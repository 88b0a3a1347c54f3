public import StatsWire

/// One datagram that the pipeline hands out for sending.
public struct OutgoingPacket: Equatable, Sendable {
    public let kind: PacketKind
    /// Of a data packet its own number, counted from 1; of a heartbeat or closing packet the highest data packet's
    /// number so far, 0 where none was sent.
    public let sequence: UInt64
    public let eventCount: Int
    public let byteCount: Int

    public init(kind: PacketKind, sequence: UInt64, eventCount: Int, byteCount: Int) {
        self.kind = kind
        self.sequence = sequence
        self.eventCount = eventCount
        self.byteCount = byteCount
    }
}
