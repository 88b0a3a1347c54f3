import StatsModel
import StatsWire

/// What a datagram's draws are keyed by: who sent it and which one it is, never when it is handled.
///
/// - A data packet is its session and sequence.
/// - Every other kind repeats sequences, so it is its session and its own timestamp; of several in a row with the same
///   timestamp each counts on, so that they do not share one fate.
/// - What is no packet (its header cannot be read) is numbered as it comes; it has no other name.
struct PacketIdentity: Equatable, Sendable {
    var kind = PacketKind.data
    var session: UInt64 = 0
    var sequence: UInt64 = 0
    /// What stands for the packet in draws, beside the session.
    var key: UInt64 = 0
    /// Whether it is a data packet with a number of its own.
    var isNumbered = false
}

/// Reads identities; remembers only what tells repeated ones apart.
struct IdentityReader: Sendable {
    private var previous: PacketIdentity?
    private var repeats: UInt64 = 0
    private var unreadable: UInt64 = 0

    mutating func identify(_ datagram: Span<UInt8>) -> PacketIdentity {
        guard let header = PacketHeader(unverified: datagram) else {
            unreadable += 1
            return PacketIdentity(key: unreadable)
        }
        var identity = PacketIdentity(
            kind: header.kind, session: header.session, sequence: header.sequence, key: header.sequence,
            isNumbered: true)
        if header.kind == .data { return identity }
        identity.key = header.timestamp
        identity.isNumbered = false
        repeats = identity == previous ? repeats + 1 : 0
        previous = identity
        identity.key = header.timestamp &+ KeyedRandom.mix(repeats)
        return identity
    }
}
