/// Encapsulations that may carry stats and are not read. A report names them where a capture holds nothing else.
enum Encapsulation: UInt8, CaseIterable {
    case mpls, pppoe, esp, l2tp

    var name: String {
        switch self {
        case .mpls: "MPLS"
        case .pppoe: "PPPoE"
        case .esp: "ESP"
        case .l2tp: "L2TP"
        }
    }

    /// - Parameter transport: an IP header's protocol number
    init?(transport: UInt8) {
        switch transport {
        case 50: self = .esp
        case 115: self = .l2tp
        case 137: self = .mpls
        default: return nil
        }
    }

    /// The encapsulation by the EtherType after a frame's VLAN tags; nil for other types and for frames that were cut.
    init?(_ packet: RawSpan, _ link: LinkType) {
        var offset: Int
        switch link {
        case .ethernet: offset = 12
        case .linuxCooked: offset = 14
        case .linuxCooked2:
            // The protocol comes first. If it announces a VLAN tag, the next type is at offset 22.
            offset = 0
        default: return nil
        }
        for _ in 0...LinkHeader.mostTags {
            guard packet.byteCount >= offset &+ 2 else { return nil }
            switch packet.big16(at: offset) {
            case 0x8847, 0x8848: self = .mpls
            case 0x8863, 0x8864: self = .pppoe
            case 0x8100, 0x88A8, 0x9100:
                offset = link == .linuxCooked2 && offset == 0 ? 22 : offset &+ 4
                continue
            default: return nil
            }
            return
        }
        return nil
    }

    /// UDP ports of encapsulations that are not read, by their names at IANA.
    static let ports: [UInt16: String] = [
        1701: "L2TP", 2152: "GTP-U", 3544: "Teredo", 4500: "IPsec", 4790: "VXLAN-GPE", 6080: "GUE", 6635: "MPLS",
    ]
}
