import StatsModel
import StatsWire

/// The identity of a datagram, which keys its draws. It depends on the sender and the packet, never on the time.
///
/// - A data packet is identified by its session, its sequence, and how often that number was sent before. So a retransmission
///   has its own fate.
/// - A parity packet is identified by its session, its group's first number, and its index among the group's parities.
/// - All other kinds repeat sequences. They are identified by session and timestamp (an acknowledgement by its number, which
///   stands in the same place). Several in a row with the same timestamp are counted, so that they do not share a fate.
/// - A datagram without a readable header has no other name and is numbered in order of arrival.
struct PacketIdentity: Equatable, Sendable {
    var kind = PacketKind.data
    var session: UInt64 = 0
    var sequence: UInt64 = 0
    /// The packet's key in draws, beside the session.
    var key: UInt64 = 0
    /// Whether it is a data packet with its own number.
    var isNumbered = false
    /// How often the number was sent before.
    var attempt: UInt64 = 0

    var isFirstSending: Bool { isNumbered && attempt == 0 }

    /// The key of one rule for this packet. Different kinds of packets never share draws, nor do data packets and datagrams
    /// that are no packets, nor the rules of one kind.
    func ruleKey(_ rule: UInt64, index: UInt64 = 0) -> UInt64 {
        let isUnreadable = kind == .data && !isNumbered
        return rule | UInt64(kind.rawValue) << 8 | (isUnreadable ? 1 << 16 : 0) | index << 24
    }

    /// The key of one copy. The copies of a retransmission have other keys than those of the first transmission.
    func copyKey(_ copy: Int) -> UInt64 { UInt64(copy) | (attempt & 0xFFFF) << 32 }
}

/// Reads identities. It remembers, in bounded memory, only what distinguishes repeated ones.
struct IdentityReader: Sendable {
    /// A number sent, and how often. There is one place for each number modulo ``places``.
    private struct Sent: Sendable {
        var session: UInt64 = 0
        var sequence: UInt64 = .max
        var times: UInt64 = 0
    }

    /// A retransmission that comes more than this many numbers later is not recognised as a retransmission.
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

    /// The packet's index among its group's parities; 0 if the packet does not hold it.
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
