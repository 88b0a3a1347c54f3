extension Tunnel {
    private static let ports = PortSet((vxlanPorts + [genevePort]).map { $0...$0 })

    /// Whether the checksum of the tunnel's own header is wrong, so that the end of the tunnel discards the packet. UDP
    /// checksums count, where 0 means none with either version of IP (RFC 7348, RFC 6935), and GRE checksums (RFC 2784, 2.3).
    /// Packets that were not captured whole, were left to the device or are super-packets are not judged. O(packet).
    ///
    /// - Parameter ip: the IP header that carries the tunnel
    func hasWrongChecksum(_ packet: RawSpan, _ ip: IPHeader) -> Bool {
        guard ip.upper <= packet.byteCount, !ip.isLengthOpen else { return false }
        switch kind {
        case .gre:
            guard packet.big16(at: ip.lower) & 0x8000 != 0 else { return false }
            return InternetChecksum.fold(InternetChecksum.sum(packet, ip.lower, ip.upper)) != 0xFFFF
        case .vxlan, .geneve:
            guard packet.big16(at: ip.lower &+ 6) != 0, let udp = try? UDPHeader(packet, ip, wanted: Self.ports) else {
                return false
            }
            return udp.upper == ip.upper && udp.checksum(packet, ip) == .bad
        case .ipInIP, .sixInFour, .ipInIPv6: return false
        }
    }
}
