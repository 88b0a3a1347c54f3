import StatsModel

/// The path from a packet's outermost IP header through its tunnels to the innermost header that can be reached.
///
/// A fragment ends the path. Its content is known once its datagram is complete.
struct TunnelPath {
    /// The most layers followed. A container's VXLAN inside a tunnel between sites takes two. A hostile packet may hold
    /// hundreds.
    static let mostLayers = 4

    private(set) var ip: IPHeader
    private(set) var layers = 0
    /// Tells virtual networks with equal addresses apart: a hash of kinds and identifiers; 0 outside of tunnels.
    private(set) var scope: UInt64 = 0
    /// The kinds of tunnel on the path, one bit each.
    private(set) var kinds: UInt8 = 0
    /// The first header on the path with a wrong checksum, and the first around a tunnel with a wrong checksum. The end of the
    /// tunnel discards what they carry.
    private(set) var wrongHeader: IPHeader?
    private(set) var wrongTunnel: IPHeader?

    /// - Parameter ip: the outermost header, read with `takesAny`
    init(_ ip: IPHeader) { self.ip = ip }

    /// The same path, continued with the header of a reassembled datagram. The paths of its fragments were judged before.
    func continued(with whole: IPHeader) -> TunnelPath {
        var path = self
        path.ip = whole
        path.wrongHeader = nil
        path.wrongTunnel = nil
        return path
    }

    /// Follows the tunnels in `packet` from ``ip`` as far as they can be read. O(layers), plus O(packet) for a tunnel with a
    /// checksum.
    ///
    /// - Parameter looksIntoFragments: whether to look into first fragments too, where inner packets end early
    mutating func descend(_ packet: RawSpan, looksIntoFragments: Bool = false) throws(Tunnel.Failure) {
        while !ip.isFragment || (looksIntoFragments && ip.fragmentOffset == 0) {
            guard let tunnel = try Tunnel(packet, ip) else { return }
            guard layers < Self.mostLayers else { throw .unread("\(tunnel.kind.name) in more than \(Self.mostLayers) layers") }
            if !looksIntoFragments {
                if wrongHeader == nil, ip.hasBadChecksum { wrongHeader = ip }
                if wrongTunnel == nil, tunnel.hasWrongChecksum(packet, ip) { wrongTunnel = ip }
            }
            layers += 1
            kinds |= 1 << tunnel.kind.rawValue
            scope = KeyedRandom.mix(scope ^ UInt64(tunnel.kind.rawValue) << 32 ^ UInt64(tunnel.network)) | 1
            do throws(SkipReason) {
                let wire = looksIntoFragments ? 1 << 20 : tunnel.upper
                ip = try IPHeader(packet, tunnel.inner, wire: wire, takesAny: true)
            } catch { throw .skipped(error) }
        }
    }
}
