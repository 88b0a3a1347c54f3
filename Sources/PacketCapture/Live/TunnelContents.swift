/// The content of a frame's tunnel, as far as a capture needs it: a wanted datagram, or a fragment of a datagram.
struct TunnelContents {
    /// A whole datagram to a wanted port, or the first fragment of one.
    private(set) var isWanted = false
    /// The datagram that the content is a fragment of; nil for a whole packet.
    private(set) var fragment: FragmentOwner?
    private(set) var isFirst = true

    /// Whether to keep a tunnel packet that comes in fragments. If its content is a later fragment, nobody can tell yet whether
    /// it is wanted.
    var mayBeWanted: Bool { isWanted || !isFirst }

    /// Fails where ``CaptureFilter/tunnels`` does not match the frame, and for later fragments of a tunnel packet. A tunnel
    /// that cannot be read has no wanted content.
    init?(_ frame: Span<UInt8>, _ link: LinkType, _ ports: PortSet) {
        let bytes = unsafe frame.bytes
        guard let header = try? LinkHeader(link, bytes, wire: Self.longest),
            let outer = try? IPHeader(bytes, header, wire: Self.longest, takesAny: true), Tunnel.mayCarry(outer.next),
            !outer.isFragment || outer.fragmentOffset == 0
        else { return nil }
        var path = TunnelPath(outer)
        do throws(Tunnel.Failure) {
            try path.descend(bytes, looksIntoFragments: true)
        } catch {
            // Nothing in it could be read from the file later.
            return
        }
        if path.layers == 0, outer.next == IPHeader.udp {
            guard bytes.byteCount >= outer.lower &+ 4, Tunnel.isPort(bytes.big16(at: outer.lower &+ 2)) else { return nil }
        }
        guard path.layers > 0 else { return }
        let ip = path.ip
        isFirst = ip.fragmentOffset == 0
        if ip.isFragment, Tunnel.mayCarry(fragmentOf: ip) {
            fragment = FragmentOwner(
                source: (ip.sourceHigh ^ path.scope, ip.sourceLow), destination: (ip.destinationHigh, ip.destinationLow),
                identification: ip.identification, transportProtocol: ip.isIPv6 ? 44 : ip.next)
        }
        guard isFirst, ip.next == IPHeader.udp, bytes.byteCount >= ip.lower &+ 4 else { return }
        isWanted = ports.contains(bytes.big16(at: ip.lower &+ 2))
    }

    /// Longer than any packet: a frame that the snap length cut is judged by its captured part.
    private static let longest = 1 << 20
}
