/// Packets that gave no datagram, by reason; a packet stands under exactly one.
package struct SkippedCounts: Sendable, Equatable {
    /// The capture holds less of the packet than its datagram needs (a snap length).
    package var truncated: UInt64 = 0
    /// Not UDP over IPv4 or IPv6, or a link type that is not read.
    package var notUDP: UInt64 = 0
    /// UDP to another port than the wanted ones; replies *from* a wanted port are among them.
    package var otherPort: UInt64 = 0
    /// Fragments of datagrams that never became whole (or are not yet), were refused, or came again.
    package var fragment: UInt64 = 0
    /// Lengths or fields that contradict each other.
    package var malformed: UInt64 = 0
    /// In a tunnel that cannot be read: see ``CaptureNotes/unreadTunnels``.
    package var tunnel: UInt64 = 0
    /// A wrong checksum, of the IP header or of UDP: no receiver accepts it (RFC 1122).
    package var checksum: UInt64 = 0
    package init() {}

    package var total: UInt64 { truncated &+ notUDP &+ otherPort &+ fragment &+ malformed &+ tunnel &+ checksum }
}
