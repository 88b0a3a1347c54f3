/// Which packets a capture keeps, in libpcap's filter language.
///
/// A filter for ports matches only the first fragment of a fragmented datagram, because only that one carries the ports. So the
/// kernel gets ``kernelExpression(hasVLAN:)``. That lets every fragment through, every IPv6 packet whose extension headers hide
/// its ports, and packets of tunnels, whose own ports say nothing about their content. ``FragmentSelector`` and
/// ``TunnelContents`` then select the packets that belong to datagrams that ``expression`` matches.
package enum CaptureFilter: Sendable, Equatable {
    /// UDP *to* one of these ports, which is what a server receives. A server's replies are no stats traffic, nor is a client's
    /// traffic that happens to use such a port as its source.
    case ports(PortSet)
    /// An expression of the user; an empty one matches everything.
    case expression(String)

    /// The filter for whole packets. Empty for everything.
    package var expression: String {
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

    /// The ports whose datagrams are counted. An expression does not say which, so then all ports count.
    var ports: PortSet {
        switch self {
        case .ports(let ports): ports
        case .expression: PortSet([0...UInt16.max])
        }
    }

    /// Whether this process has to select fragments after the kernel's filter.
    var selectsFragments: Bool { !expression.isEmpty }

    /// The filter that the kernel applies.
    ///
    /// - Parameter hasVLAN: whether the link type has VLAN tags that libpcap's `vlan` understands (Ethernet). The keyword
    ///   shifts the offsets of everything after it, so the tagged forms stand last. A user's expression may contain the
    ///   keyword, so it stands after the fragments and is not repeated.
    func kernelExpression(hasVLAN: Bool) -> String {
        guard selectsFragments else { return "" }
        switch self {
        case .ports:
            let all = "(\(Self.fragments)) or (\(expression)) or (\(Self.tunnels))"
            return hasVLAN ? "\(all) or (vlan and (\(all) or (vlan and (\(all)))))" : all
        case .expression: return "(\(Self.fragments)) or (\(expression))"
        }
    }

    /// Matches packets of the tunnels that ``Tunnel`` knows. Most of the traffic in tunnels is TCP. Where TCP stands at the
    /// usual place (IPv4 in an Ethernet frame in VXLAN or Geneve over IPv4, IPv4 in GRE without options or in IPv4), the filter
    /// leaves it out before it costs a copy.
    static let tunnels = """
        (udp and (dst port 4789 or dst port 8472 or dst port 6081) and not (ip and udp[28:2] = 0x0800 and udp[39] = 6 \
        and (udp[8] = 8 or udp[8:4] = 0x00006558))) \
        or (ip and (ip[9] = 41 or (ip[9] = 4 and not ip[((ip[0] & 15) << 2) + 9] = 6) or (ip[9] = 47 \
        and not (ip[((ip[0] & 15) << 2):4] = 0x00000800 and ip[((ip[0] & 15) << 2) + 13] = 6)))) \
        or (ip6 and (ip6[6] = 4 or ip6[6] = 41 or ip6[6] = 47))
        """

    /// IPv4: more fragments follow, or the offset is not 0 (RFC 791, 3.1). IPv6: the fixed header is followed by a hop-by-hop,
    /// routing, fragment or destination options header (RFC 8200, 4).
    static let fragments =
        "(ip and ip[6:2] & 0x3fff != 0) or (ip6 and (ip6[6] = 0 or ip6[6] = 43 or ip6[6] = 44 or ip6[6] = 60))"
}
