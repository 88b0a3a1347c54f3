import StatsModel

/// The draws that decide where and how one copy is damaged.
struct DamageDraws {
    private enum Rule: UInt64 {
        case flipCount = 4
        case flipPosition = 5
        case byteCount = 8
        case bytePosition = 9
        case length = 10
    }

    let random: KeyedRandom
    let packet: PacketIdentity
    let copy: Int
    /// The rule's index among the corrupting rules.
    let rule: Int

    private func draw(_ name: Rule, _ copyKey: UInt64) -> UInt64 {
        random.draw(
            rule: packet.ruleKey(name.rawValue, index: UInt64(rule)), flow: packet.session, sequence: packet.key,
            copy: copyKey)
    }

    /// The key of one draw: the copy's key and the number of the attempt.
    private func attemptKey(_ attempt: UInt64) -> UInt64 { packet.copyKey(0) << 8 | UInt64(copy) << 8 | attempt }

    /// Calls `body` for up to eight distinct places below `limit`; the draw of `count` decides how many.
    ///
    /// There are at most 256 attempts a copy. In the worst case there are eight places to choose from, and 256 attempts find
    /// them all with near certainty. The first attempt always gives one place.
    private func places(_ count: Rule, _ position: Rule, below limit: UInt64, _ body: (UInt64, UInt64) -> Void) {
        let wanted = min(Int(draw(count, packet.copyKey(copy)) >> 61) + 1, Int(limit))
        var taken: [8 of UInt64] = .init(repeating: .max)
        var done = 0
        for attempt in 0..<256 as Range<UInt64> where done < wanted {
            let draw = draw(position, attemptKey(attempt))
            let place = draw.multipliedFullWidth(by: limit)
            var isNew = true
            for index in 0..<done where taken[index] == place.high { isNew = false }
            guard isNew else { continue }
            taken[done] = place.high
            done += 1
            body(place.high, place.low)
        }
    }

    /// Flips one to eight bits at distinct places anywhere in the datagram, header and checksum included.
    ///
    /// CRC-32 (IEEE 802.3) detects up to three flipped bits with certainty in datagrams of up to 11 450 bytes. It misses one in
    /// 2^32 of the larger damages.
    func flipBits(_ bytes: inout [UInt8]) {
        places(.flipCount, .flipPosition, below: UInt64(bytes.count) * 8) { position, _ in
            bytes[Int(position >> 3)] ^= 1 << UInt8(position & 7)
        }
    }

    /// Replaces one to eight bytes. CRC-32 always detects a single replaced byte, and misses one in 2^32 of the larger damages.
    func replaceBytes(_ bytes: inout [UInt8]) {
        places(.byteCount, .bytePosition, below: UInt64(bytes.count)) { position, rest in
            // The byte changes, because 1...255 is added.
            bytes[Int(position)] &+= UInt8(rest.multipliedFullWidth(by: 255).high + 1)
        }
    }

    /// Cuts the datagram off. Between zero and all but one of its bytes remain.
    func truncate(_ bytes: inout [UInt8]) {
        let length = draw(.length, packet.copyKey(copy)).multipliedFullWidth(by: UInt64(bytes.count)).high
        bytes.removeLast(bytes.count - Int(length))
    }
}
