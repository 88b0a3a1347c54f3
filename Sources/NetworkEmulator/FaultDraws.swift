import StatsModel
import StatsWire

/// The random decisions on one packet. Every rule draws for itself, and a draw depends on nothing but the seed, the
/// rule, the packet and the copy: a packet accepted at 3 % is accepted at 5 % as well, whatever else is configured.
struct FaultDraws: Sendable {
    private enum Rule: UInt64 {
        case loss = 1
        case duplicate = 2
        case corrupt = 3
        case flipCount = 4
        case flipPosition = 5
        case jitter = 6
        case reorder = 7
    }

    private let random: KeyedRandom
    private let impairments: Impairments

    init(impairments: Impairments, seed: UInt64) {
        random = KeyedRandom(seed: seed)
        self.impairments = impairments
    }

    /// Kinds never share draws, nor do datagrams that are no packets with data packets.
    private func rule(_ rule: Rule, _ packet: PacketIdentity) -> UInt64 {
        let isUnreadable = packet.kind == .data && !packet.isNumbered
        return rule.rawValue | UInt64(packet.kind.rawValue) << 8 | (isUnreadable ? 1 << 16 : 0)
    }

    private func chance(_ share: Ratio, _ name: Rule, _ packet: PacketIdentity, copy: UInt64 = 0) -> Bool {
        random.chance(
            share, rule: rule(name, packet), flow: packet.session, sequence: packet.key, copy: copy)
    }

    func isLost(_ packet: PacketIdentity) -> Bool { chance(impairments.loss, .loss, packet) }
    func isDuplicated(_ packet: PacketIdentity) -> Bool { chance(impairments.duplicate, .duplicate, packet) }

    func isCorrupted(_ packet: PacketIdentity, copy: Int) -> Bool {
        chance(impairments.corrupt, .corrupt, packet, copy: UInt64(copy))
    }

    func isReordered(_ packet: PacketIdentity, copy: Int) -> Bool {
        chance(impairments.reorder, .reorder, packet, copy: UInt64(copy))
    }

    /// Whether the scenario names the packet. O(log ranges).
    func isChosen(_ packet: PacketIdentity) -> Bool {
        guard packet.isNumbered, !impairments.drop.isEmpty else { return false }
        var low = 0
        var high = impairments.drop.count
        while low < high {
            let middle = (low + high) / 2
            if impairments.drop[middle].upperBound < packet.sequence { low = middle + 1 } else { high = middle }
        }
        return low < impairments.drop.count && impairments.drop[low].contains(packet.sequence)
    }

    /// How long a copy is under way.
    func delay(_ packet: PacketIdentity, copy: Int) -> Nanoseconds {
        let jitter = impairments.jitter.rawValue
        guard jitter > 0 else { return impairments.delay }
        let draw = random.draw(
            rule: rule(.jitter, packet), flow: packet.session, sequence: packet.key, copy: UInt64(copy))
        let deviation = Int64(draw.multipliedFullWidth(by: 2 * UInt64(jitter) + 1).high) - jitter
        return Nanoseconds(max(0, impairments.delay.rawValue + deviation))
    }

    /// Flips one to eight bits at distinct places anywhere in the datagram, header and checksum included.
    ///
    /// CRC-32 (IEEE 802.3) finds up to three flipped bits for certain in datagrams of up to 11 450 bytes, and more than
    /// that but for one in 2^32.
    func flipBits(_ bytes: inout [UInt8], of packet: PacketIdentity, copy: Int) {
        let bits = UInt64(bytes.count) * 8
        let countDraw = random.draw(
            rule: rule(.flipCount, packet), flow: packet.session, sequence: packet.key, copy: UInt64(copy))
        let count = min(Int(countDraw >> 61) + 1, Int(bits))
        // 256 attempts a copy at most: with eight bits to choose at worst, missing one of them so often does not happen,
        // and one flip at least stands after the first.
        var flipped: [8 of UInt64] = .init(repeating: .max)
        var done = 0
        for attempt in 0..<256 as Range<UInt64> where done < count {
            let draw = random.draw(
                rule: rule(.flipPosition, packet), flow: packet.session, sequence: packet.key,
                copy: UInt64(copy) << 8 | attempt)
            let position = draw.multipliedFullWidth(by: bits).high
            var isNew = true
            for index in 0..<done where flipped[index] == position { isNew = false }
            guard isNew else { continue }
            flipped[done] = position
            done += 1
            bytes[Int(position >> 3)] ^= 1 << UInt8(position & 7)
        }
    }
}
