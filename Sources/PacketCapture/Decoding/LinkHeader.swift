/// Where the network layer begins in a packet, and at which interface and in which direction the packet was seen.
struct LinkHeader {
    /// 4 or 6, as the link layer says; 0 where only the packet itself tells (raw IP, null).
    var version: UInt8
    /// The position of the IP header.
    var offset: Int
    /// Interface and direction, where a cooked header tells them; 0 elsewhere. The direction is the last byte. The same
    /// datagram seen at two interfaces or directions of one machine is one datagram. Seen twice at the same one, it is two.
    var kernelVantage: UInt64 = 0
    /// Whether ``kernelVantage`` holds a direction only: version 1 of the cooked header does not tell the interface.
    var hidesInterface = false
    /// A hash of the frame's addresses and VLAN tags; 0 where there are none.
    var address: UInt64 = 0

    /// The most VLAN tags followed. Real networks stack fewer; a hostile packet may hold thousands.
    static let mostTags = 8
    private static let seen: UInt64 = 1 << 63

    /// - Parameters:
    ///   - packet: the captured bytes
    ///   - wire: the length of the packet on the wire
    @inline(__always)
    init(_ link: LinkType, _ packet: RawSpan, wire: Int) throws(SkipReason) {
        switch link {
        case .ethernet:
            // Destination 6, source 6, type 2 (IEEE 802.3).
            try SkipReason.check(14, captured: packet.byteCount, declared: wire)
            self = try Self.tagged(packet, type: 12, next: 14, wire: wire)
            address ^= packet.big64(at: 0) ^ UInt64(packet.big32(at: 8)) &* 0xD6E8_FEB8_6659_FD93
        case .linuxCooked:
            // Packet type 2, hardware type 2, address length 2, address 8, protocol 2.
            try SkipReason.check(16, captured: packet.byteCount, declared: wire)
            self = try Self.tagged(packet, type: 14, next: 16, wire: wire)
            kernelVantage = Self.seen | UInt64(packet.big16(at: 0))
            hidesInterface = true
            // An Ethernet address fills six of the eight bytes. The kernel leaves the other two as they were.
            address ^= packet.big64(at: 6) >> 16
        case .linuxCooked2:
            // Protocol 2, reserved 2, interface 4, hardware type 2, packet type 1, address length 1, address 8.
            try SkipReason.check(20, captured: packet.byteCount, declared: wire)
            self = try Self.tagged(packet, type: 0, next: 20, wire: wire)
            kernelVantage = Self.seen | UInt64(packet.big32(at: 4)) << 8 | UInt64(packet.byte(at: 10))
            address ^= packet.big64(at: 12) >> 16
        case .null, .loop:
            try SkipReason.check(4, captured: packet.byteCount, declared: wire)
            // Families are small numbers, so a large one shows the other byte order. A null header is in that of the capturing
            // machine.
            let native = packet.big32(at: 0)
            version = try Self.version(family: native > 0xFFFF ? native.byteSwapped : native)
            offset = 4
        case .raw:
            version = 0
            offset = 0
        case .ipv4:
            version = 4
            offset = 0
        case .ipv6:
            version = 6
            offset = 0
        case .nflog: self = try Self.nflog(packet, wire: wire)
        case .pktap: self = try Self.pktap(packet, wire: wire)
        case .unsupported: throw .notUDP
        }
    }

    init(version: UInt8, offset: Int, address: UInt64 = 0) {
        self.version = version
        self.offset = offset
        self.address = address
    }

    /// Follows VLAN tags (802.1Q, 802.1ad and its predecessor 0x9100) from the type at `type` to the network layer.
    @inline(__always)
    static func tagged(_ packet: RawSpan, type: Int, next: Int, wire: Int) throws(SkipReason) -> LinkHeader {
        var type = packet.big16(at: type)
        var next = next
        var tags: UInt64 = 0
        for _ in 0...mostTags {
            switch type {
            case 0x0800: return LinkHeader(version: 4, offset: next, address: tags)
            case 0x86DD: return LinkHeader(version: 6, offset: next, address: tags)
            case 0x8100, 0x88A8, 0x9100:
                // Control 2, type 2.
                try SkipReason.check(next &+ 4, captured: packet.byteCount, declared: wire)
                tags = (tags &+ 1 &+ UInt64(packet.big16(at: next) & 0x0FFF)) &* 0x9E37_79B9_7F4A_7C15
                type = packet.big16(at: next &+ 2)
                next &+= 4
            default: throw .notUDP
            }
        }
        throw .malformed
    }

    /// AF_INET is 2 everywhere; AF_INET6 is 10 (Linux), 24 (NetBSD, OpenBSD), 28 (FreeBSD) or 30 (Darwin).
    static func version(family: UInt32) throws(SkipReason) -> UInt8 {
        switch family {
        case 2: return 4
        case 10, 24, 28, 30: return 6
        default: throw .notUDP
        }
    }
}
