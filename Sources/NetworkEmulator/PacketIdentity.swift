import StatsModel
import StatsWire

/// What a datagram's draws are keyed by: who sent it and which one it is, never when it is handled.
///
/// - A data packet is its session and sequence, and how often the same number was sent before: a second sending has a
///   fate of its own.
/// - A parity packet is its session, its group's first number, and which of the group's parities it is.
/// - Every other kind repeats sequences, so it is its session and its own timestamp (an acknowledgement its number, which
///   stands in the same place); of several in a row with the same
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
    /// How often the number was sent before.
    var attempt: UInt64 = 0

    var isFirstSending: Bool { isNumbered && attempt == 0 }

    /// A rule's key for this packet. Kinds never share draws, nor do datagrams that are no packets with data packets, nor
    /// the rules of one kind.
    func ruleKey(_ rule: UInt64, index: UInt64 = 0) -> UInt64 {
        let isUnreadable = kind == .data && !isNumbered
        return rule | UInt64(kind.rawValue) << 8 | (isUnreadable ? 1 << 16 : 0) | index << 24
    }

    /// A copy's key; the copies of a second sending are others than those of the first.
    func copyKey(_ copy: Int) -> UInt64 { UInt64(copy) | (attempt & 0xFFFF) << 32 }
}

/// Reads identities; remembers only what tells repeated ones apart, in bounded memory.
struct IdentityReader: Sendable {
    /// A number sent, and how often: one place for each number modulo ``places``.
    private struct Sent: Sendable {
        var session: UInt64 = 0
        var sequence: UInt64 = .max
        var times: UInt64 = 0
    }

    /// A second sending so many numbers behind its first is no longer known for one.
    static let places = 16_384

    private var sent: [Sent] = []
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
        if header.kind == .data {
            identity.attempt = countSending(of: identity)
            return identity
        }
        identity.key = header.timestamp
        identity.isNumbered = false
        if header.kind == .parity {
            identity.key = KeyedRandom.mix(header.sequence) ^ UInt64(Self.parityIndex(datagram))
            return identity
        }
        repeats = identity == previous ? repeats + 1 : 0
        previous = identity
        identity.key = header.timestamp &+ KeyedRandom.mix(repeats)
        return identity
    }

    /// Which of its group's parities a packet is; 0 where it does not say.
    private static func parityIndex(_ datagram: Span<UInt8>) -> UInt8 {
        let offset = PacketHeader.byteCount + 2
        return offset < datagram.count ? datagram[offset] : 0
    }

    private mutating func countSending(of packet: PacketIdentity) -> UInt64 {
        if sent.isEmpty { sent = Array(repeating: Sent(), count: Self.places) }
        let place = Int(packet.sequence % UInt64(Self.places))
        if sent[place].times > 0, sent[place].sequence == packet.sequence, sent[place].session == packet.session {
            sent[place].times += 1
        } else {
            sent[place] = Sent(session: packet.session, sequence: packet.sequence, times: 1)
        }
        return sent[place].times - 1
    }
}
