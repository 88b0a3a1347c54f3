/// Decides whether a receiver would accept a datagram, and whether it is a duplicate capture. Files and live captures both use
/// this.
extension DatagramDecoder {
    /// Counts an IP header with a wrong checksum, and refuses the packet where a receiver would.
    @inline(never)
    mutating func refuseHeader(_ ip: IPHeader) throws(SkipReason) {
        counts.badIPChecksums &+= 1
        if ip.hasOpenChecksum { counts.offloadedIPChecksums &+= 1 }
        guard ip.isRefused else { return }
        try refuse(ip, isJoined: false)
    }

    /// Judges the UDP checksum. Returns whether the datagram is a super-packet. Throws `checksum` where no receiver accepts it.
    ///
    /// - Parameters:
    ///   - wire: the length of the packet on the wire
    ///   - isJoined: whether `packet` was reassembled from fragments
    @inline(__always)
    mutating func judgeChecksum(
        _ packet: Span<UInt8>, _ ip: IPHeader, _ udp: UDPHeader, wire: Int, isJoined: Bool = false
    ) throws(SkipReason) -> Bool {
        let raw = unsafe packet.bytes
        let isSegmented = !isJoined && udp.contradictsLengths(ip, wire: wire)
        let checksum = udp.checksum(raw, ip)
        if checksum == .fits || checksum == .none { return isSegmented }
        return try judgeUnfit(checksum, raw, ip, udp, isSegmented: isSegmented, isJoined: isJoined)
    }

    @inline(never)
    private mutating func judgeUnfit(
        _ checksum: UDPHeader.Checksum, _ packet: RawSpan, _ ip: IPHeader, _ udp: UDPHeader, isSegmented: Bool, isJoined: Bool
    ) throws(SkipReason) -> Bool {
        counts.badUDPChecksums &+= 1
        if checksum == .offloaded {
            counts.offloadedUDPChecksums &+= 1
            return isSegmented
        }
        // The checksum of a super-packet says nothing about the datagrams that the device was to make of it.
        if isSegmented || (!isJoined && udp.holdsForPart(packet, ip)) { return true }
        try refuse(ip, isJoined: isJoined)
        return false
    }

    /// Counts a datagram that no receiver accepts, and throws `checksum` unless checksums are ignored.
    mutating func refuse(_ ip: IPHeader, isJoined: Bool) throws(SkipReason) {
        counts.recordWrong(
            from: Endpoint(isIPv6: ip.isIPv6, high: ip.sourceHigh, low: ip.sourceLow, port: 0), isJoined: isJoined)
        if rules.checksums == .verify { throw .checksum }
    }

    /// Whether the datagram is a duplicate capture that is to be left out. Counts the finding.
    ///
    /// - Parameters:
    ///   - packets: the number of captured packets that make up the datagram
    ///   - tunnelDepth: the number of tunnels around it
    @inline(__always)
    mutating func isDuplicate(
        _ packet: Span<UInt8>, _ ip: IPHeader, _ udp: UDPHeader, _ link: LinkHeader, _ record: PacketRecord,
        packets: UInt64 = 1, tunnelDepth: Int = 0
    ) -> Bool {
        isUnproven = false
        // Without times nobody can tell whether two packets lie within 20 ms. The interface and direction of a cooked link are
        // evidence even then.
        guard record.saysTime || link.kernelVantage != 0 else { return false }
        let identity = DatagramIdentity(packet, ip, udp, seed: observations.seed)
        let vantage = VantagePoint(
            record, link, ip, (udp.sourcePort, udp.destinationPort), tunnelDepth: tunnelDepth)
        let finding = observations.handle(identity, from: vantage, at: record.timestamp)
        if finding == .first { return false }
        return leavesOut(finding, packets, isTimed: record.saysTime)
    }

    @inline(never)
    private mutating func leavesOut(_ finding: DuplicateRule.Finding, _ packets: UInt64, isTimed: Bool) -> Bool {
        let isLeftOut: Bool
        switch finding {
        case .first: return false
        case .proven:
            isLeftOut = rules.duplicates != .keep
            if !isLeftOut { counts.keptDuplicates &+= 1 }
        case .unproven:
            guard isTimed else { return false }
            isUnproven = true
            counts.unprovenDuplicates &+= 1
            isLeftOut = rules.duplicates == .merge
        }
        if isLeftOut { counts.duplicateCaptures &+= packets }
        return isLeftOut
    }

    /// Whether the same fragment was seen before from another vantage point. Reassembly handles a fragment that comes twice
    /// from the same vantage point. Translated addresses are handled for the whole datagram, by
    /// ``isDuplicate(_:_:_:_:_:packets:tunnelDepth:)``.
    @inline(never)
    mutating func isDuplicateFragment(
        _ packet: Span<UInt8>, _ ip: IPHeader, _ link: LinkHeader, _ record: PacketRecord, packets: UInt64 = 1,
        tunnelDepth: Int = 0
    ) -> Bool {
        guard rules.duplicates != .keep, record.saysTime || link.kernelVantage != 0 else { return false }
        let identity = DatagramIdentity(fragment: packet, ip, seed: observations.seed)
        let vantage = VantagePoint(record, link, ip, (0, 0), tunnelDepth: tunnelDepth)
        guard observations.handle(identity, from: vantage, at: record.timestamp) == .proven else { return false }
        counts.duplicateCaptures &+= packets
        return true
    }
}
