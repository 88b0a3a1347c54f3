/// Packets that gave no datagram, by reason. Each packet is counted under exactly one reason.
package struct SkippedCounts: Sendable, Equatable {
    /// The capture holds fewer bytes of the packet than its datagram has (snap length).
    package var truncated: UInt64 = 0
    /// Not UDP over IPv4 or IPv6, or a link type that is not read.
    package var notUDP: UInt64 = 0
    /// UDP to a port that is not wanted. Replies *from* a wanted port are among them.
    package var otherPort: UInt64 = 0
    /// Fragments of datagrams that are not complete (yet) or were refused, and copies of fragments.
    package var fragment: UInt64 = 0
    /// Lengths or fields that contradict each other.
    package var malformed: UInt64 = 0
    /// In a tunnel that cannot be read: see ``CaptureNotes/unreadTunnels``.
    package var tunnel: UInt64 = 0
    /// A wrong checksum, of the IP header or of UDP: no receiver accepts it (RFC 1122).
    package var checksum: UInt64 = 0
    package init() {}

    /// The sum of all reasons.
    package var total: UInt64 { truncated &+ notUDP &+ otherPort &+ fragment &+ malformed &+ tunnel &+ checksum }
}
