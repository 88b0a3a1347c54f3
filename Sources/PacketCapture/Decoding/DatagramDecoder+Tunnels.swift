/// The slow path of a packet: tunnels, and the notes on traffic to other ports.
extension DatagramDecoder {
    /// Reads a packet again that the fast path refused for `reason`, this time with its tunnels.
    @inline(never)
    mutating func handleUnusual(
        _ packet: Span<UInt8>, _ record: PacketRecord, _ number: UInt64, _ reason: SkipReason
    ) -> CapturedDatagram? {
        do throws(SkipReason) {
            guard reason == .notUDP || reason == .otherPort else { throw reason }
            let raw = unsafe packet.bytes
            let link: LinkHeader
            do throws(SkipReason) { link = try LinkHeader(record.link, raw, wire: record.wireCount) } catch {
                if error == .notUDP, let found = Encapsulation(raw, record.link) { counts.other.record(found) }
                throw error
            }
            let ip = try IPHeader(raw, link, wire: record.wireCount, takesAny: true)
            return try follow(packet, TunnelPath(ip), link, record, number, packets: 1, isWhole: false)
        } catch {
            counts.skipped.add(error)
            return nil
        }
    }

    /// Follows the headers in `packet` to a wanted datagram. `packet` is a captured packet or a reassembled datagram.
    ///
    /// - Parameters:
    ///   - packets: the number of captured packets that make up `packet`
    ///   - isWhole: whether `packet` was reassembled from fragments
    mutating func follow(
        _ packet: Span<UInt8>, _ outer: TunnelPath, _ link: LinkHeader, _ record: PacketRecord, _ number: UInt64,
        packets: UInt64, isWhole: Bool
    ) throws(SkipReason) -> CapturedDatagram? {
        let raw = unsafe packet.bytes
        var path = outer
        try descend(&path, raw)
        let ip = path.ip
        if ip.isFragment {
            guard Tunnel.mayCarry(fragmentOf: ip) else { throw .notUDP }
            try judgeTunnels(path)
            return try handleFragment(packet, path, link, record, number, packets: packets)
        }
        guard ip.next == IPHeader.udp else {
            recordTCP(raw, ip)
            if let found = Encapsulation(transport: ip.next) { counts.other.record(found) }
            throw .notUDP
        }
        let udp = try wantedHeader(packet, ip)
        try judgeTunnels(path)
        if ip.hasBadChecksum { try refuseHeader(ip) }
        // Bytes after a packet inside a tunnel belong to the tunnel.
        let wire = isWhole || path.layers > 0 ? ip.upper : record.wireCount
        let isSegmented = try judgeChecksum(packet, ip, udp, wire: wire, isJoined: isWhole)
        if isDuplicate(packet, ip, udp, link, record, packets: packets, tunnelDepth: path.layers) { return nil }
        counts.fragmentsJoined &+= packets - 1
        if path.layers > 0 { counts.tunnelCounts.recordRead(path.kinds, packets: packets) }
        if isSegmented { counts.segmentedSuperPackets &+= 1 }
        payload = isWhole ? .reassembled(udp.lower..<udp.upper) : .packet(udp.lower..<udp.upper)
        return datagram(ip, udp, record, number, wasFragmented: isWhole, isSegmented: isSegmented)
    }

    /// Throws `checksum` where the end of a tunnel on the path discards the packet.
    private mutating func judgeTunnels(_ path: TunnelPath) throws(SkipReason) {
        if let header = path.wrongHeader { try refuseHeader(header) }
        if let header = path.wrongTunnel, path.wrongHeader?.isRefused != true { try refuse(header, isJoined: false) }
    }

    private mutating func descend(_ path: inout TunnelPath, _ packet: RawSpan) throws(SkipReason) {
        do throws(Tunnel.Failure) {
            try path.descend(packet)
        } catch {
            switch error {
            case .skipped(let reason): throw reason
            case .unread(let words):
                counts.tunnelCounts.recordUnread(words)
                throw .tunnel
            }
        }
    }

    /// The UDP header of a datagram to a wanted port. Traffic to another port is counted.
    private mutating func wantedHeader(_ packet: Span<UInt8>, _ ip: IPHeader) throws(SkipReason) -> UDPHeader {
        let raw = unsafe packet.bytes
        do throws(SkipReason) {
            return try UDPHeader(raw, ip, wanted: ports)
        } catch {
            if error == .otherPort {
                let start = min(ip.lower &+ UDPHeader.byteCount, packet.count)
                let captured = packet.extracting(start..<max(start, min(ip.upper, packet.count)))
                counts.other.recordUDP(port: raw.big16(at: ip.lower &+ 2), captured)
            }
            throw error
        }
    }

    private mutating func recordTCP(_ packet: RawSpan, _ ip: IPHeader) {
        guard ip.next == Tunnel.tcp, packet.byteCount >= ip.lower &+ 4, ip.upper >= ip.lower &+ 4 else { return }
        if ports.contains(packet.big16(at: ip.lower &+ 2)) { counts.other.recordTCP() }
    }
}
