/// GRE (RFC 2784, 2890): flags and version 2, protocol 2, then as the flags say checksum and reserved 4 (bit 0), key 4 (bit 2),
/// sequence number 4 (bit 3). NVGRE (RFC 7637) is GRE with a key that carries Ethernet frames.
struct GREHeader {
    /// The virtual network; 0 without a key.
    let key: UInt32
    private let type: UInt16
    private let body: Int
    private let flags: UInt16

    init(_ packet: RawSpan, _ ip: IPHeader) throws(SkipReason) {
        try SkipReason.check(ip.lower &+ 4, captured: packet.byteCount, declared: ip.upper)
        flags = packet.big16(at: ip.lower)
        type = packet.big16(at: ip.lower &+ 2)
        let sumCount = flags & 0x8000 != 0 ? 4 : 0
        let keyCount = flags & 0x2000 != 0 ? 4 : 0
        body = ip.lower &+ 4 &+ sumCount &+ keyCount &+ (flags & 0x1000 != 0 ? 4 : 0)
        // Routing and other GRE versions have different layouts.
        guard flags & 0x4007 == 0 else {
            key = 0
            return
        }
        try SkipReason.check(body, captured: packet.byteCount, declared: ip.upper)
        key = keyCount > 0 ? packet.big32(at: ip.lower &+ 4 &+ sumCount) : 0
    }

    /// Why the content cannot be read although it may be IP; nil where nothing prevents reading it.
    var unreadable: String? {
        if flags & 0x0007 != 0 { return "GRE version \(flags & 7)" }
        if flags & 0x4000 != 0 { return "GRE with routing" }
        switch type {
        case 0x88BE, 0x22EB: return "GRE with ERSPAN"
        case 0x8847, 0x8848: return "GRE with MPLS"
        case 0x880B: return "GRE with PPP"
        default: return nil
        }
    }

    /// The position of the IP header inside. Throws `notUDP` for content that is no IP packet.
    func inner(_ packet: RawSpan, end: Int) throws(SkipReason) -> LinkHeader {
        guard let header = try Tunnel.inside(packet, type: type, at: body, end: end) else { throw .notUDP }
        return header
    }
}
