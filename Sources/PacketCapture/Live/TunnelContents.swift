/// What a frame carries in a tunnel, as far as a capture has to know: a wanted datagram, or a fragment of one.
struct TunnelContents {
    /// A whole datagram to a wanted port, or the first fragment of one.
    private(set) var isWanted = false
    /// The datagram whose fragment it is; nil for a whole packet.
    private(set) var fragment: FragmentOwner?
    private(set) var isFirst = true

    /// Whether a tunnel's packet that comes in fragments itself is to be kept: of a fragment inside that is not the first
    /// one nobody knows.
    var mayBeWanted: Bool { isWanted || !isFirst }

    /// nil where the frame is none that ``CaptureFilter/tunnels`` lets through, or a later fragment of one. A tunnel that
    /// cannot be read holds nothing wanted.
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
            // Nothing in it that could be read from the file later.
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

    /// Beyond any packet's length: a frame that the snaplen cut is judged by what is there of it.
    private static let longest = 1 << 20
}
