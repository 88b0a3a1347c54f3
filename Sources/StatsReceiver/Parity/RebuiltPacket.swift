package import StatsWire

/// A data packet that a receiver worked out from parity, and what it says of it.
package struct RebuiltPacket: Equatable, Sendable {
    package let source: SourceID
    package let header: PacketHeader
    /// `accepted` where the packet had not come; `duplicate` or `outOfRange` where the receiver has no use for it. Never
    /// `corrupt`, since its own checksum held, nor `control`.
    package let outcome: ReceiveOutcome
}
