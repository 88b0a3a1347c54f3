/// Link types whose packets begin with metadata of the capturing system.
extension LinkHeader {
    /// Linux's netfilter log (LINKTYPE_NFLOG): family 1, version 1, resource 2; then attributes of length 2 and type 2 (both in
    /// the byte order of the capturing machine), padded to 4 bytes. The packet is the attribute of type 9.
    static func nflog(_ packet: RawSpan, wire: Int) throws(SkipReason) -> LinkHeader {
        try SkipReason.check(4, captured: packet.byteCount, declared: wire)
        let version: UInt8
        switch packet.byte(at: 0) {
        case 2: version = 4
        case 10: version = 6
        default: throw .notUDP
        }
        var offset = 4
        while offset < wire {
            try SkipReason.check(offset &+ 4, captured: packet.byteCount, declared: wire)
            var (count, type) = (packet.big16(at: offset), packet.big16(at: offset &+ 2))
            // Types are small numbers, so a large one shows the other byte order.
            if type > 0xFF { (count, type) = (count.byteSwapped, type.byteSwapped) }
            guard count >= 4, offset &+ Int(count) <= wire else { throw .malformed }
            if type & 0x7FFF == 9 {
                return LinkHeader(version: version, offset: offset &+ 4)
            }
            offset &+= (Int(count) &+ 3) & ~3
        }
        throw .notUDP
    }

    /// Apple's PKTAP (LINKTYPE_PKTAP): header length 4, record type 4 (1: a packet), link type 4, then interface and process.
    /// All fields are little-endian, as are all machines that write it.
    static func pktap(_ packet: RawSpan, wire: Int) throws(SkipReason) -> LinkHeader {
        try SkipReason.check(12, captured: packet.byteCount, declared: wire)
        let count = Int(packet.big32(at: 0).byteSwapped)
        guard count >= 12, count <= wire else { throw .malformed }
        guard packet.big32(at: 4).byteSwapped == 1 else { throw .notUDP }
        switch packet.big32(at: 8).byteSwapped {
        case 1:
            try SkipReason.check(count &+ 14, captured: packet.byteCount, declared: wire)
            return try tagged(packet, type: count &+ 12, next: count &+ 14, wire: wire)
        case 0:
            try SkipReason.check(count &+ 4, captured: packet.byteCount, declared: wire)
            let family = packet.big32(at: count)
            return LinkHeader(version: try version(family: family > 0xFFFF ? family.byteSwapped : family), offset: count &+ 4)
        case 12, 14, 101: return LinkHeader(version: 0, offset: count)
        default: throw .notUDP
        }
    }
}
