/// The fields of an IP header of either version, and the position of its payload.
struct IPHeader {
    static let udp: UInt8 = 17

    var isIPv6: Bool
    /// Addresses as two big-endian words, as ``Endpoint`` has them.
    var sourceHigh: UInt64 = 0
    var sourceLow: UInt64
    var destinationHigh: UInt64 = 0
    var destinationLow: UInt64
    /// The protocol number of the data at ``lower``.
    var next: UInt8
    /// The payload by the declared lengths, as positions in the packet. The capture may hold fewer bytes.
    var lower: Int
    var upper: Int
    /// IPv4's identification, or the one in IPv6's fragment header; 0 without one.
    var identification: UInt32 = 0
    var fragmentOffset = 0
    var hasMoreFragments = false
    /// Whether the length field is 0, as segmentation offload and jumbograms leave it. ``upper`` is then the packet's end.
    var isLengthOpen = false
    /// Whether the destination is not the final one (IPv6 routing header). The UDP checksum covers the final one.
    var isRouted = false
    /// Whether IPv4's header checksum is wrong; and whether it is wrong and 0, as left to the device.
    var hasBadChecksum = false
    var hasOpenChecksum = false
    /// Time to live, or hop limit.
    var timeToLive: UInt8

    /// Whether a receiver discards the packet because of its header (RFC 1122, 3.2.1.2). A packet without a length was never on
    /// a wire.
    var isRefused: Bool { hasBadChecksum && !hasOpenChecksum && !isLengthOpen }
    var isFragment: Bool { hasMoreFragments || fragmentOffset != 0 }
    /// The longest payload of a datagram, in bytes. No fragment may reach beyond it.
    static let longestPayload = 65_535

    /// - Parameter takesAny: whether any payload is accepted; otherwise a payload that is not UDP throws `notUDP`
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
