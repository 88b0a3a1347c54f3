/// What an IP header of either version says, and where what it carries stands.
struct IPHeader {
    static let udp: UInt8 = 17

    var isIPv6: Bool
    /// Addresses as two big-endian words, as ``Endpoint`` has them.
    var sourceHigh: UInt64 = 0
    var sourceLow: UInt64
    var destinationHigh: UInt64 = 0
    var destinationLow: UInt64
    /// What stands at ``lower``: a protocol number.
    var next: UInt8
    /// The payload by the declared lengths, as positions in the packet; the capture may hold less of it.
    var lower: Int
    var upper: Int
    /// IPv4's identification, or that of IPv6's fragment header; 0 without one.
    var identification: UInt32 = 0
    var fragmentOffset = 0
    var hasMoreFragments = false
    /// The length field is 0, as segmentation offload and jumbograms leave it: ``upper`` is the packet's end.
    var isLengthOpen = false
    /// The destination is not the final one (IPv6 routing header), which the UDP checksum would need.
    var isRouted = false
    /// IPv4's header checksum does not fit; and it is 0, as it is left to the device.
    var hasBadChecksum = false
    var hasOpenChecksum = false
    /// Time to live, or hop limit.
    var timeToLive: UInt8

    /// A receiver discards the packet for its header (RFC 1122, 3.2.1.2). One whose length is open was never on a wire.
    var isRefused: Bool { hasBadChecksum && !hasOpenChecksum && !isLengthOpen }
    var isFragment: Bool { hasMoreFragments || fragmentOffset != 0 }
    /// The longest payload in bytes that the sender's datagram may come to: fragments cannot reach past it.
    static let longestPayload = 65_535

    /// - Parameter takesAny: whether it carries what it may; else anything but UDP throws `notUDP`
    @inline(__always)
    init(_ packet: RawSpan, _ link: LinkHeader, wire: Int, takesAny: Bool = false) throws(SkipReason) {
        try SkipReason.check(link.offset &+ 1, captured: packet.byteCount, declared: wire)
        let version = packet.byte(at: link.offset) >> 4
        guard link.version == 0 || link.version == version else { throw .malformed }
        switch version {
        case 4: try self.init(version4: packet, at: link.offset, wire: wire, takesAny: takesAny)
        case 6: try self.init(version6: packet, at: link.offset, wire: wire, takesAny: takesAny)
        default: throw .malformed
        }
    }

    /// IPv4 (RFC 791): version and header length 1, service 1, total length 2, identification 2, flags and offset 2,
    /// time to live 1, protocol 1, checksum 2, source 4, destination 4, options.
    @inline(__always)
    private init(version4 packet: RawSpan, at start: Int, wire: Int, takesAny: Bool) throws(SkipReason) {
        try SkipReason.check(start &+ 20, captured: packet.byteCount, declared: wire)
        isIPv6 = false
        timeToLive = packet.byte(at: start &+ 8)
        next = packet.byte(at: start &+ 9)
        sourceLow = UInt64(packet.big32(at: start &+ 12))
        destinationLow = UInt64(packet.big32(at: start &+ 16))
        let headerCount = Int(packet.byte(at: start) & 0x0F) &* 4
        let total = Int(packet.big16(at: start &+ 2))
        guard next == Self.udp || takesAny else { throw .notUDP }
        isLengthOpen = total == 0
        lower = start &+ headerCount
        upper = isLengthOpen ? wire : start &+ total
        guard headerCount >= 20, lower <= upper, upper <= wire else { throw .malformed }
        try SkipReason.check(lower, captured: packet.byteCount, declared: upper)
        identification = UInt32(packet.big16(at: start &+ 4))
        let flags = packet.big16(at: start &+ 6)
        hasMoreFragments = flags & 0x2000 != 0
        fragmentOffset = Int(flags & 0x1FFF) &* 8
        hasBadChecksum = InternetChecksum.fold(InternetChecksum.sum(packet, start, lower)) != 0xFFFF
        if hasBadChecksum { hasOpenChecksum = packet.big16(at: start &+ 10) == 0 }
    }

    /// IPv6 (RFC 8200): version, class and label 4, payload length 2, next header 1, hop limit 1, source 16,
    /// destination 16.
    private init(version6 packet: RawSpan, at start: Int, wire: Int, takesAny: Bool) throws(SkipReason) {
        try SkipReason.check(start &+ 40, captured: packet.byteCount, declared: wire)
        isIPv6 = true
        timeToLive = packet.byte(at: start &+ 7)
        next = packet.byte(at: start &+ 6)
        sourceHigh = packet.big64(at: start &+ 8)
        sourceLow = packet.big64(at: start &+ 16)
        destinationHigh = packet.big64(at: start &+ 24)
        destinationLow = packet.big64(at: start &+ 32)
        let payload = Int(packet.big16(at: start &+ 4))
        isLengthOpen = payload == 0
        lower = start &+ 40
        upper = isLengthOpen ? wire : lower &+ payload
        if next != Self.udp { try followExtensions(packet, wire: wire, takesAny: takesAny) }
        guard upper <= wire else { throw .malformed }
    }
}
