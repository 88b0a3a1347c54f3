/// Decodes packets to UDP datagrams (link layer, IP, fragments, UDP), and counts the outcome of each packet.
struct DatagramDecoder {
    /// Where the payload of the last datagram is stored.
    enum Payload {
        case packet(Range<Int>)
        case reassembled(Range<Int>)
    }

    let ports: PortSet
    let rules: ReadingRules
    /// Whether a wanted port is a tunnel port. Datagrams to it are then first checked for a tunnel.
    private let watchesTunnelPorts: Bool
    var counts = CaptureNotes()
    var observations = DuplicateTable()
    /// Whether the last datagram judged may be a duplicate capture without proof.
    var isUnproven = false
    private(set) var reassembly = Reassembly()
    var payload = Payload.packet(0..<0)

    init(ports: PortSet, rules: ReadingRules = .standard) {
        self.ports = ports
        self.rules = rules
        watchesTunnelPorts = (Tunnel.vxlanPorts + [Tunnel.genevePort]).contains(where: ports.contains)
        counts.rules = rules
    }

    /// The counts so far, without those of the file format itself.
    var notes: CaptureNotes {
        var notes = counts
        (notes.skipped.fragment, notes.repeatedFragments) = reassembly.tally
        notes.refusedReassemblies = reassembly.refused
        notes.uncomparedDatagrams = observations.forgotten
        if let common = observations.repeats.common { (notes.seenAlike, notes.timesSeenAlike) = (common.datagrams, common.times) }
        return notes
    }

    /// Handles one packet. Returns a datagram if the packet holds or completes one to a wanted port.
    @inline(__always)
    mutating func handle(_ packet: Span<UInt8>, _ record: PacketRecord, number: UInt64) -> CapturedDatagram? {
        if record.hasTimestamp { recordTime(record.timestamp, number) } else { counts.packetsWithoutTime &+= 1 }
        do throws(SkipReason) {
            let raw = unsafe packet.bytes
            let link = try LinkHeader(record.link, raw, wire: record.wireCount)
            let ip = try IPHeader(raw, link, wire: record.wireCount)
            if ip.isFragment { return try handleFragment(packet, TunnelPath(ip), link, record, number, packets: 1) }
            let udp = try UDPHeader(raw, ip, wanted: ports)
            if watchesTunnelPorts, Tunnel.isPort(udp.destinationPort) { throw .otherPort }
            if ip.hasBadChecksum { try refuseHeader(ip) }
            let isSegmented = try judgeChecksum(packet, ip, udp, wire: record.wireCount)
            if isDuplicate(packet, ip, udp, link, record) { return nil }
            if isSegmented { counts.segmentedSuperPackets &+= 1 }
            payload = .packet(udp.lower..<udp.upper)
            return datagram(ip, udp, record, number, wasFragmented: false, isSegmented: isSegmented)
        } catch {
            return handleUnusual(packet, record, number, error)
        }
    }

    /// Handles the fragment at which `path` ends.
    ///
    /// - Parameter packets: the number of captured packets that make up the fragment. It is more than 1 if the fragment came in
    ///   a tunnel whose own packets were fragments.
    @inline(never)
    mutating func handleFragment(
        _ packet: Span<UInt8>, _ path: TunnelPath, _ link: LinkHeader, _ record: PacketRecord, _ number: UInt64,
        packets count: UInt64
    ) throws(SkipReason) -> CapturedDatagram? {
        let ip = path.ip
        guard !ip.isLengthOpen else { throw .malformed }
        try SkipReason.check(ip.upper, captured: packet.count, declared: ip.upper)
        if ip.hasBadChecksum { try refuseHeader(ip) }
        if isDuplicateFragment(packet, ip, link, record, packets: count, tunnelDepth: path.layers) { return nil }
        let answer = try reassembly.add(packet, ip, at: record.timestamp, scope: path.scope, packets: count)
        guard case .whole(let packets) = answer else { return nil }
        do throws(SkipReason) {
            // A copy of the reference, because a tunnel may carry a fragment, which would change the reassembly's buffer.
            let whole = reassembly.whole
            let header = try wholeHeader(ip)
            return try follow(whole.span, path.continued(with: header), link, record, number, packets: packets, isWhole: true)
        } catch {
            counts.skipped.add(error, packets: packets)
            return nil
        }
    }

    /// The header of the datagram just completed; `ip` is the header of the packet that came last.
    private func wholeHeader(_ ip: IPHeader) throws(SkipReason) -> IPHeader {
        var whole = ip
        whole.next = reassembly.wholeNext
        whole.lower = 0
        whole.upper = reassembly.whole.count
        whole.hasMoreFragments = false
        whole.fragmentOffset = 0
        // The checksum of each fragment was judged when it came.
        whole.hasBadChecksum = false
        let raw = unsafe reassembly.whole.span.bytes
        if whole.isIPv6 { try whole.followExtensions(raw, wire: whole.upper, takesAny: true) }
        // A fragment made of fragments: no honest sender does that.
        guard !whole.isFragment else { throw .malformed }
        return whole
    }

    @inline(__always)
    mutating func datagram(
        _ ip: IPHeader, _ udp: UDPHeader, _ record: PacketRecord, _ number: UInt64, wasFragmented: Bool,
        isSegmented: Bool
    ) -> CapturedDatagram {
        counts.datagrams &+= 1
        var found = CapturedDatagram(
            timestamp: record.timestamp, packetNumber: number,
            source: Endpoint(isIPv6: ip.isIPv6, high: ip.sourceHigh, low: ip.sourceLow, port: udp.sourcePort),
            destination: Endpoint(
                isIPv6: ip.isIPv6, high: ip.destinationHigh, low: ip.destinationLow, port: udp.destinationPort),
            payloadCount: udp.payloadCount, wasFragmented: wasFragmented, isSegmented: isSegmented)
        found.hasTimestamp = record.hasTimestamp
        found.isUnproven = isUnproven
        return found
    }

    @inline(__always)
    private mutating func recordTime(_ time: Int64, _ number: UInt64) {
        if let last = counts.lastTimestamp {
            let (step, overflow) = time.subtractingReportingOverflow(last)
            if time < last {
                counts.recordStepBack(overflow || step == .min ? .max : -step, number)
            } else if step > counts.largestStepForward || overflow {
                counts.recordStepForward(overflow ? .max : step, number)
            }
        } else {
            counts.firstTimestamp = time
        }
        counts.lastTimestamp = time
    }
}
