/// Where in a captured frame its IP packet stands, and what of it the capture has to know: is it a fragment, of
/// which datagram, and where is the UDP payload. Reads only; checks nothing that the capture does not use.
///
/// Layouts: Ethernet (IEEE 802.3, tags 802.1Q and 802.1ad), Linux cooked v1 and v2, BSD null and loop, raw IP;
/// IPv4 (RFC 791), IPv6 and its extension headers (RFC 8200), UDP (RFC 768). O(headers).
struct FrameOutline: Equatable {
    /// The VLAN tags' bytes; empty where there are none.
    var tags: Range<Int> = 0..<0
    /// Where the IP header begins.
    var network: Int
    /// Behind the IP header and, in IPv6, its extension headers.
    var transport: Int
    /// The protocol number of what begins there.
    var transportProtocol: UInt8
    var isIPv6: Bool
    /// IPv6 with extension headers, which filters for ports do not look behind.
    var hasExtensions = false
    /// nil for a whole packet.
    var fragment: Fragment?

    struct Fragment: Equatable {
        var key: FragmentKey
        var offset: Int
    }

    private static let maximumTags = 4
    private static let maximumExtensions = 8

    /// nil where there is no IP packet, or its headers were not captured.
    init?(_ frame: Span<UInt8>, linkType: Int32) {
        guard let (network, tags) = Self.network(of: frame, linkType: linkType), frame.count > network else {
            return nil
        }
        switch frame[network] >> 4 {
        case 4: self.init(ipv4: frame, at: network)
        case 6: self.init(ipv6: frame, at: network)
        default: return nil
        }
        self.tags = tags
    }

    private init?(ipv4 frame: Span<UInt8>, at network: Int) {
        let headerCount = Int(frame[network] & 15) * 4
        guard headerCount >= 20, frame.count >= network + headerCount else { return nil }
        self.network = network
        transport = network + headerCount
        transportProtocol = frame[network + 9]
        isIPv6 = false
        let bits = frame.number16(at: network + 6)
        if bits & 0x3FFF != 0 {
            let key = FragmentKey(
                source: (0, UInt64(frame.number32(at: network + 12))),
                destination: (0, UInt64(frame.number32(at: network + 16))),
                identification: UInt32(frame.number16(at: network + 4)), transportProtocol: transportProtocol)
            fragment = Fragment(key: key, offset: Int(bits & 0x1FFF) * 8)
        }
    }

    private init?(ipv6 frame: Span<UInt8>, at network: Int) {
        guard frame.count >= network + 40 else { return nil }
        self.network = network
        transport = network + 40
        transportProtocol = frame[network + 6]
        isIPv6 = true
        for _ in 0..<Self.maximumExtensions {
            guard [0, 43, 44, 60].contains(transportProtocol) else { return }
            guard frame.count >= transport + 8 else { return nil }
            hasExtensions = true
            let isFragment = transportProtocol == 44
            transportProtocol = frame[transport]
            if isFragment {
                let offset = Int(frame.number16(at: transport + 2) & 0xFFF8)
                // The protocol is no part of the key (RFC 8200, 4.5): later fragments may state another.
                let key = FragmentKey(
                    source: (frame.number64(at: network + 8), frame.number64(at: network + 16)),
                    destination: (frame.number64(at: network + 24), frame.number64(at: network + 32)),
                    identification: frame.number32(at: transport + 4), transportProtocol: 44)
                fragment = Fragment(key: key, offset: offset)
                transport += 8
                // Behind another fragment's header stands the middle of something.
                if offset > 0 { return }
            } else {
                transport += 8 + Int(frame[transport + 1]) * 8
            }
        }
    }

    /// The payload of a UDP datagram that is neither a fragment nor cut by the snaplen; nil for anything else.
    func datagramPayload(in frame: Span<UInt8>) -> Range<Int>? {
        guard fragment == nil, transportProtocol == 17, frame.count >= transport + 8 else { return nil }
        let stated = Int(frame.number16(at: transport + 4))
        guard stated >= 8, transport + stated <= frame.count else { return nil }
        return transport + 8..<transport + stated
    }

    /// The frame as a filter for ports can understand it: without VLAN tags and IPv6 extension headers.
    func plain(_ frame: Span<UInt8>) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(frame.count)
        for offset in frame.indices where !tags.contains(offset) {
            if hasExtensions, offset >= network + 40, offset < transport { continue }
            bytes.append(frame[offset])
        }
        if hasExtensions { bytes[network - tags.count + 6] = transportProtocol }
        return bytes
    }

    /// Where IP begins, and which bytes are VLAN tags.
    private static func network(of frame: Span<UInt8>, linkType: Int32) -> (Int, Range<Int>)? {
        switch linkType {
        case LinkTypeNumber.ethernet:
            var offset = 12
            for _ in 0...maximumTags {
                guard frame.count >= offset + 2 else { return nil }
                switch frame.number16(at: offset) {
                case 0x8100, 0x88A8, 0x9100: offset += 4
                case 0x0800, 0x86DD: return (offset + 2, 12..<offset)
                default: return nil
                }
            }
            return nil
        case LinkTypeNumber.cooked:
            guard frame.count >= 16, [0x0800, 0x86DD].contains(frame.number16(at: 14)) else { return nil }
            return (16, 0..<0)
        case LinkTypeNumber.cookedV2:
            guard frame.count >= 20, [0x0800, 0x86DD].contains(frame.number16(at: 0)) else { return nil }
            return (20, 0..<0)
        case LinkTypeNumber.null, LinkTypeNumber.loop: return (4, 0..<0)
        case LinkTypeNumber.raw, LinkTypeNumber.ipv4, LinkTypeNumber.ipv6: return (0, 0..<0)
        default: return nil
        }
    }
}

extension Span<UInt8> {
    /// Big-endian numbers, as protocols write them; the bytes must be there.
    fileprivate func number16(at offset: Int) -> UInt16 { UInt16(self[offset]) << 8 | UInt16(self[offset + 1]) }

    fileprivate func number32(at offset: Int) -> UInt32 {
        UInt32(number16(at: offset)) << 16 | UInt32(number16(at: offset + 2))
    }

    fileprivate func number64(at offset: Int) -> UInt64 {
        UInt64(number32(at: offset)) << 32 | UInt64(number32(at: offset + 4))
    }
}
