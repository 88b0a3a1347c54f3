/// Which packets a capture keeps, in libpcap's filter language.
///
/// A filter of ports sees only the first fragment of a fragmented datagram, for only that carries the ports. So the
/// kernel is given ``kernelExpression(hasVLAN:)``, which lets every fragment (and every IPv6 packet whose extension
/// headers hide its ports) through, and ``FragmentSelector`` keeps those that belong to what ``expression`` matches.
public enum CaptureFilter: Sendable, Equatable {
    /// UDP *to* one of these ports: what a server is sent. Its answers, and a client that happens to send from such
    /// a port, are no stats traffic.
    case ports(PortSet)
    /// An expression of the user's own; empty matches everything.
    case expression(String)

    /// What is wanted, said of whole packets. Empty for everything.
    public var expression: String {
        switch self {
        case .ports(let ports):
            let alternatives = ports.ranges.map { range in
                range.lowerBound == range.upperBound
                    ? "dst port \(range.lowerBound)" : "dst portrange \(range.lowerBound)-\(range.upperBound)"
            }
            let joined = alternatives.joined(separator: " or ")
            return alternatives.count == 1 ? "udp and \(joined)" : "udp and (\(joined))"
        case .expression(let text):
            return text.allSatisfy(\.isWhitespace) ? "" : text
        }
    }

    /// The ports whose datagrams are counted; an expression says nothing of ports, so all.
    var ports: PortSet {
        switch self {
        case .ports(let ports): ports
        case .expression: PortSet([0...UInt16.max])
        }
    }

    /// Whether fragments have to be sorted out behind the kernel's filter.
    var selectsFragments: Bool { !expression.isEmpty }

    /// What the kernel lets through.
    ///
    /// - Parameter hasVLAN: whether the link type has VLAN tags that libpcap's `vlan` understands (Ethernet).
    ///   The keyword shifts everything behind it, so the tagged forms stand last; a user's own expression, which may
    ///   hold it, stands behind the fragments and is not repeated.
    func kernelExpression(hasVLAN: Bool) -> String {
        guard selectsFragments else { return "" }
        let all = "(\(Self.fragments)) or (\(expression))"
        switch self {
        case .ports: return hasVLAN ? "\(all) or (vlan and (\(all) or (vlan and (\(all)))))" : all
        case .expression: return all
        }
    }

    /// IPv4: more fragments to come, or an offset (RFC 791, 3.1). IPv6: behind the fixed header comes a hop-by-hop,
    /// routing, fragment or destination options header (RFC 8200, 4).
    static let fragments =
        "(ip and ip[6:2] & 0x3fff != 0) or (ip6 and (ip6[6] = 0 or ip6[6] = 43 or ip6[6] = 44 or ip6[6] = 60))"
}
