/// Takes packets to UDP datagrams: link layer, IP, fragments, UDP; and counts what becomes of each packet.
struct DatagramDecoder {
    /// Where the payload of the datagram last found stands.
    enum Payload {
        case packet(Range<Int>)
        case reassembled(Range<Int>)
    }

    let ports: PortSet
    let rules: ReadingRules
    var counts = CaptureNotes()
    var sightings = SecondSightings()
    /// Of the datagram last judged.
    var isUnproven = false
    private(set) var reassembly = Reassembly()
    private(set) var payload = Payload.packet(0..<0)

    init(ports: PortSet, rules: ReadingRules = .standard) {
        self.ports = ports
        self.rules = rules
        counts.rules = rules
    }

    /// What was counted so far; the file's own part is left out.
    var notes: CaptureNotes {
        var notes = counts
        (notes.skipped.fragment, notes.repeatedFragments) = reassembly.tally
        notes.refusedReassemblies = reassembly.refused
        return notes
    }

    /// Handles one packet; a datagram where it gives or completes one to a wanted port.
    @inline(__always)
    mutating func handle(_ packet: Span<UInt8>, _ record: PacketRecord, number: UInt64) -> CapturedDatagram? {
        if record.hasTimestamp { recordTime(record.timestamp) }
        do throws(SkipReason) {
            let raw = unsafe packet.bytes
            let link = try LinkHeader(record.link, raw, wire: record.wireCount)
            let ip = try IPHeader(raw, link, wire: record.wireCount)
            if ip.isFragment { return try handleFragment(packet, ip, link, record, number) }
            let udp = try UDPHeader(raw, ip, wanted: ports)
            if ip.hasBadChecksum { try refuseHeader(ip) }
            let isSegmented = try judgeChecksum(packet, ip, udp, wire: record.wireCount)
            if isDuplicate(packet, ip, udp, link, record) { return nil }
            if isSegmented { counts.segmentedSuperPackets &+= 1 }
            payload = .packet(udp.lower..<udp.upper)
            return datagram(ip, udp, record, number, wasFragmented: false, isSegmented: isSegmented)
        } catch {
            counts.skipped.add(error)
            return nil
        }
    }

    @inline(never)
    private mutating func handleFragment(
        _ packet: Span<UInt8>, _ ip: IPHeader, _ link: LinkHeader, _ record: PacketRecord, _ number: UInt64
    ) throws(SkipReason) -> CapturedDatagram? {
        guard !ip.isLengthOpen else { throw .malformed }
        try SkipReason.check(ip.upper, captured: packet.count, declared: ip.upper)
        if ip.hasBadChecksum { try refuseHeader(ip) }
        if isDuplicateFragment(packet, ip, link, record) { return nil }
        let answer = try reassembly.add(packet, ip, at: record.timestamp)
        guard case .whole(let packets) = answer else { return nil }
        do throws(SkipReason) {
            let (whole, udp) = try readWhole(ip)
            let bytes = reassembly.whole
            _ = try judgeChecksum(bytes.span, whole, udp, wire: bytes.count, isJoined: true)
            if isDuplicate(bytes.span, whole, udp, link, record, packets: packets) { return nil }
            counts.fragmentsJoined &+= packets - 1
            payload = .reassembled(udp.lower..<udp.upper)
            return datagram(whole, udp, record, number, wasFragmented: true, isSegmented: false)
        } catch {
            counts.skipped.add(error, packets: packets)
            return nil
        }
    }

    /// Reads the datagram just completed, whose last packet to come had the header `ip`.
    private func readWhole(_ ip: IPHeader) throws(SkipReason) -> (IPHeader, UDPHeader) {
        var whole = ip
        whole.next = reassembly.wholeNext
        whole.lower = 0
        whole.upper = reassembly.whole.count
        whole.hasMoreFragments = false
        whole.fragmentOffset = 0
        let raw = unsafe reassembly.whole.span.bytes
        if whole.isIPv6 { try whole.followExtensions(raw, wire: whole.upper) }
        // A fragment of fragments: nobody sends that in good faith.
        guard !whole.isFragment else { throw .malformed }
        return (whole, try UDPHeader(raw, whole, wanted: ports))
    }

    @inline(__always)
    private mutating func datagram(
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
        found.isUnproven = isUnproven
        return found
    }

    @inline(__always)
    private mutating func recordTime(_ time: Int64) {
        if let last = counts.lastTimestamp {
            if time < last {
                counts.clockStepsBack &+= 1
                let (step, overflow) = last.subtractingReportingOverflow(time)
                counts.largestStepBack = max(counts.largestStepBack, overflow ? .max : step)
            }
        } else {
            counts.firstTimestamp = time
        }
        counts.lastTimestamp = time
    }
}
