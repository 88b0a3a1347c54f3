public import StatsWire

/// A data packet that a receiver worked out from parity, and what it says of it.
public struct RebuiltPacket: Equatable, Sendable {
    public let source: SourceID
    public let header: PacketHeader
    /// `accepted` where the packet had not come; `duplicate` or `outOfRange` where the receiver has no use for it. Never
    /// `corrupt`, since its own checksum held, nor `control`.
    public let outcome: ReceiveOutcome
}
