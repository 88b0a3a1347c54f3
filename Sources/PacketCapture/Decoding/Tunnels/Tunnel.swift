/// One layer of encapsulation: its kind, and the position of the packet inside it.
struct Tunnel {
    enum Kind: UInt8, CaseIterable {
        case vxlan, geneve, gre
        /// IPv4 in IPv4 (protocol 4), IPv6 in IPv4 (41), and either in IPv6.
        case ipInIP, sixInFour, ipInIPv6

        /// The name that tcpdump and iproute2 use.
        var name: String {
            switch self {
            case .vxlan: "VXLAN"
            case .geneve: "Geneve"
            case .gre: "GRE"
            case .ipInIP: "IPIP"
            case .sixInFour: "6in4"
            case .ipInIPv6: "IP in IPv6"
            }
        }
    }

    /// Why the content of a tunnel is not reached.
    enum Failure: Error, Equatable {
        case skipped(SkipReason)
        /// The tunnel itself cannot be read; a short reason.
        case unread(String)
    }

    static let tcp: UInt8 = 6
    static let gre: UInt8 = 47
    static let ipv4: UInt8 = 4
    static let ipv6: UInt8 = 41
    /// VXLAN's port (RFC 7348) and the port that Linux used before it, which flannel and Cilium still use; Geneve's port (RFC
    /// 8926).
    static let vxlanPorts: [UInt16] = [4789, 8472]
    static let genevePort: UInt16 = 6081

    let kind: Kind
    /// The virtual network: VXLAN's and Geneve's identifier, GRE's key; 0 where there is none.
    let network: UInt32
    /// The position of the IP header inside.
    let inner: LinkHeader
    /// The end of the packet inside, by the lengths of the outer packet.
    let upper: Int

    @inline(__always)
    static func isPort(_ port: UInt16) -> Bool { port == 4789 || port == 8472 || port == genevePort }

    /// Whether the fragment's datagram may hold a wanted datagram: it is UDP, a tunnel, or begins with an extension header.
    static func mayCarry(fragmentOf ip: IPHeader) -> Bool {
        if mayCarry(ip.next) { return true }
        return ip.isIPv6 && [0, 43, 51, 60, 135, 139, 140].contains(ip.next)
    }

    /// Whether IP packets of this protocol may hold another packet.
    static func mayCarry(_ transport: UInt8) -> Bool {
        transport == IPHeader.udp || transport == gre || transport == ipv4 || transport == ipv6
    }

    /// The tunnel that `ip` carries, or nil if it carries something else. A datagram to a tunnel's port that does not begin as
    /// that tunnel does is something else too.
    ///
    /// - Parameter ip: the header of a whole packet, or of the first fragment of a packet
    init?(_ packet: RawSpan, _ ip: IPHeader) throws(Failure) {
        var unreadable: String?
        do throws(SkipReason) {
            guard let found = try Self.find(packet, ip, &unreadable) else {
                if unreadable == nil { return nil }
                throw .tunnel
            }
            self = found
        } catch {
            throw unreadable.map(Failure.unread) ?? .skipped(error)
        }
    }

    private static func find(
        _ packet: RawSpan, _ ip: IPHeader, _ unreadable: inout String?
    ) throws(SkipReason) -> Tunnel? {
        switch ip.next {
        case ipv4: return Tunnel(ip.isIPv6 ? .ipInIPv6 : .ipInIP, LinkHeader(version: 4, offset: ip.lower), ip.upper)
        case ipv6: return Tunnel(ip.isIPv6 ? .ipInIPv6 : .sixInFour, LinkHeader(version: 6, offset: ip.lower), ip.upper)
        case IPHeader.udp: return try overUDP(packet, ip)
        case gre:
            let header = try GREHeader(packet, ip)
            unreadable = header.unreadable
            if unreadable != nil { return nil }
            return Tunnel(.gre, try header.inner(packet, end: ip.upper), ip.upper, network: header.key)
        default: return nil
        }
    }

    private init(_ kind: Kind, _ inner: LinkHeader, _ upper: Int, network: UInt32 = 0) {
        self.kind = kind
        self.inner = inner
        self.upper = upper
        self.network = network
    }

    /// VXLAN: flags 1 (bit 3: there is an identifier; bit 7: a group policy), reserved 3, identifier 3, reserved 1; then an
    /// Ethernet frame. Geneve: version and length of the options in 4 bytes 1, flags 1, protocol 2, identifier 3, reserved 1,
    /// options; then a frame, or IP.
    ///
    /// Text never begins this way: VXLAN's flags are a control character or no character, and Geneve's reserved byte is zero.
    private static func overUDP(_ packet: RawSpan, _ ip: IPHeader) throws(SkipReason) -> Tunnel? {
        let start = ip.lower
        try SkipReason.check(start &+ 4, captured: packet.byteCount, declared: ip.upper)
        let port = packet.big16(at: start &+ 2)
        guard isPort(port) else { return nil }
        try SkipReason.check(start &+ 8, captured: packet.byteCount, declared: ip.upper)
        let count = Int(packet.big16(at: start &+ 4))
        // The length field of a super-packet is 0. The length of a fragmented datagram reaches beyond its first fragment.
        let end = count == 0 ? ip.upper : min(ip.upper, start &+ count)
        guard end >= start &+ 16 else { return nil }
        try SkipReason.check(start &+ 16, captured: packet.byteCount, declared: end)
        let first = packet.byte(at: start &+ 8)
        let network = packet.big32(at: start &+ 12) >> 8
        if port != genevePort {
            guard first & 0x7F == 0x08 else { return nil }
            return Tunnel(.vxlan, try frame(packet, at: start &+ 16, end: end), end, network: network)
        }
        guard first >> 6 == 0, packet.byte(at: start &+ 9) & 0x3F == 0, packet.byte(at: start &+ 15) == 0 else { return nil }
        let inner = start &+ 16 &+ Int(first & 0x3F) &* 4
        let header = try inside(packet, type: packet.big16(at: start &+ 10), at: inner, end: end)
        return header.map { Tunnel(.geneve, $0, end, network: network) }
    }

    /// Reads the header at `offset` that an EtherType announces: a frame, IP, or nil for anything else.
    static func inside(_ packet: RawSpan, type: UInt16, at offset: Int, end: Int) throws(SkipReason) -> LinkHeader? {
        switch type {
        case 0x0800: return LinkHeader(version: 4, offset: offset)
        case 0x86DD: return LinkHeader(version: 6, offset: offset)
        case 0x6558: return try frame(packet, at: offset, end: end)
        default: return nil
        }
    }

    private static func frame(_ packet: RawSpan, at offset: Int, end: Int) throws(SkipReason) -> LinkHeader {
        try SkipReason.check(offset &+ 14, captured: packet.byteCount, declared: end)
        return try LinkHeader.tagged(packet, type: offset &+ 12, next: offset &+ 14, wire: end)
    }
}
