package import StatsWire

/// A data packet that a receiver recovered from parity, and its outcome.
package struct RebuiltPacket: Equatable, Sendable {
    package let source: SourceID
    package let header: PacketHeader
    /// `accepted` if the packet had not arrived before. `duplicate` or `outOfRange` if the receiver does not need it. Never
    /// `corrupt`, since its own checksum was good, and never `control`.
    package let outcome: ReceiveOutcome
}
