/// The position of the IP packet in a captured frame, and whether it is a fragment and of which datagram. Unlike ``IPHeader``
/// it accepts any protocol and any length, because it judges nothing.
///
/// Layouts: ``LinkHeader``; IPv4 (RFC 791), IPv6 and its extension headers (RFC 8200). O(headers).
struct FrameOutline: Equatable {
    /// The position of the VLAN tags; empty where there are none.
    var tags: Range<Int> = 0..<0
    /// The position of the IP header.
    var network: Int
    /// The position after the IP header and, in IPv6, its extension headers.
    var transport: Int
    /// The protocol number at ``transport``.
    var transportProtocol: UInt8
    var isIPv6: Bool
    /// Whether there are IPv6 extension headers. Port filters do not look past them.
    var hasExtensions = false
    /// The fragment's data; nil for a whole packet.
    var fragment: Fragment?

    struct Fragment: Equatable {
        var key: FragmentOwner
        var offset: Int
    }

    /// Fails where there is no IP packet, or its headers were not captured.
    init?(_ frame: Span<UInt8>, _ link: LinkType) {
        let bytes = unsafe frame.bytes
        guard let network = try? LinkHeader(link, bytes, wire: frame.count).offset, frame.count > network else {
            return nil
        }
        switch frame[network] >> 4 {
        case 4: self.init(ipv4: bytes, at: network)
        case 6: self.init(ipv6: bytes, at: network)
        default: return nil
        }
        // Addresses, tags, type.
        if link == .ethernet { tags = 12..<network - 2 }
    }

    private init?(ipv4 frame: RawSpan, at network: Int) {
        let headerCount = Int(frame.byte(at: network) & 15) * 4
        guard headerCount >= 20, frame.byteCount >= network + headerCount else { return nil }
        self.network = network
        transport = network + headerCount
        transportProtocol = frame.byte(at: network + 9)
        isIPv6 = false
        let bits = frame.big16(at: network + 6)
        if bits & 0x3FFF != 0 {
            let key = FragmentOwner(
                source: (0, UInt64(frame.big32(at: network + 12))),
                destination: (0, UInt64(frame.big32(at: network + 16))),
                identification: UInt32(frame.big16(at: network + 4)), transportProtocol: transportProtocol)
            fragment = Fragment(key: key, offset: Int(bits & 0x1FFF) * 8)
        }
    }

    private init?(ipv6 frame: RawSpan, at network: Int) {
        guard frame.byteCount >= network + 40 else { return nil }
        self.network = network
        transport = network + 40
        transportProtocol = frame.byte(at: network + 6)
        isIPv6 = true
        for _ in 0..<IPHeader.mostExtensions {
            guard [0, 43, 44, 60].contains(transportProtocol) else { return }
            guard frame.byteCount >= transport + 8 else { return nil }
            hasExtensions = true
            let isFragment = transportProtocol == 44
            transportProtocol = frame.byte(at: transport)
            if isFragment {
                let offset = Int(frame.big16(at: transport + 2) & 0xFFF8)
                // The protocol is not part of the key (RFC 8200, 4.5), because later fragments may state a different one.
                let key = FragmentOwner(
                    source: (frame.big64(at: network + 8), frame.big64(at: network + 16)),
                    destination: (frame.big64(at: network + 24), frame.big64(at: network + 32)),
                    identification: frame.big32(at: transport + 4), transportProtocol: 44)
                fragment = Fragment(key: key, offset: offset)
                transport += 8
                // A later fragment of another fragment holds no header at its start.
                if offset > 0 { return }
            } else {
                transport += 8 + Int(frame.byte(at: transport + 1)) * 8
            }
        }
    }

    /// The frame in a form that port filters understand: without VLAN tags and IPv6 extension headers.
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
}
