/// Takes packets to UDP datagrams: link layer, IP, fragments, UDP; and counts what becomes of each packet.
struct DatagramDecoder {
    /// Where the payload of the datagram last found stands.
    enum Payload {
        case packet(Range<Int>)
        case reassembled(Range<Int>)
    }

    /// The most payload that a frame carries on a link with jumbo frames (MTU 9000, IPv4).
    static let longestFramePayload = 8972

    private let ports: PortSet
    private var counts = CaptureNotes()
    private var sightings = SecondSightings()
    private(set) var reassembly = Reassembly()
    private(set) var payload = Payload.packet(0..<0)

    init(ports: PortSet) { self.ports = ports }

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
            if link.door != 0, isSecondSighting(packet, ip, link, record.timestamp, upper: udp.upper) { return nil }
            if ip.hasBadChecksum { counts.badIPChecksums &+= 1 }
            recordChecksum(udp.checksum(raw, ip))
            let isSegmented = ip.isLengthOpen || udp.payloadCount > Self.longestFramePayload
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
        if link.door != 0, isSecondSighting(packet, ip, link, record.timestamp, upper: ip.upper) { return nil }
        let answer = try reassembly.add(packet, ip, at: record.timestamp)
        if ip.hasBadChecksum { counts.badIPChecksums &+= 1 }
        guard case .whole(let packets) = answer else { return nil }
        do throws(SkipReason) {
            let (whole, udp, checksum) = try readWhole(ip)
            recordChecksum(checksum)
            counts.fragmentsJoined &+= packets - 1
            payload = .reassembled(udp.lower..<udp.upper)
            return datagram(whole, udp, record, number, wasFragmented: true, isSegmented: false)
        } catch {
            counts.skipped.add(error, packets: packets)
            return nil
        }
    }

    /// Reads the datagram just completed, whose last packet to come had the header `ip`.
    private func readWhole(_ ip: IPHeader) throws(SkipReason) -> (IPHeader, UDPHeader, UDPHeader.Checksum) {
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
        let udp = try UDPHeader(raw, whole, wanted: ports)
        return (whole, udp, udp.checksum(raw, whole))
    }

    @inline(__always)
    private mutating func datagram(
        _ ip: IPHeader, _ udp: UDPHeader, _ record: PacketRecord, _ number: UInt64, wasFragmented: Bool,
        isSegmented: Bool
    ) -> CapturedDatagram {
        counts.datagrams &+= 1
        return CapturedDatagram(
            timestamp: record.timestamp, packetNumber: number,
            source: Endpoint(isIPv6: ip.isIPv6, high: ip.sourceHigh, low: ip.sourceLow, port: udp.sourcePort),
            destination: Endpoint(
                isIPv6: ip.isIPv6, high: ip.destinationHigh, low: ip.destinationLow, port: udp.destinationPort),
            payloadCount: udp.payloadCount, wasFragmented: wasFragmented, isSegmented: isSegmented)
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

    @inline(__always)
    private mutating func recordChecksum(_ checksum: UDPHeader.Checksum) {
        switch checksum {
        case .fits, .none: break
        case .bad: counts.badUDPChecksums &+= 1
        case .offloaded:
            counts.badUDPChecksums &+= 1
            counts.offloadedUDPChecksums &+= 1
        }
    }

    @inline(never)
    private mutating func isSecondSighting(
        _ packet: Span<UInt8>, _ ip: IPHeader, _ link: LinkHeader, _ time: Int64, upper: Int
    ) -> Bool {
        let isSecond = sightings.handle(SecondSightings.key(packet, ip, upper: upper), door: link.door, at: time)
        if isSecond { counts.duplicateSightings &+= 1 }
        return isSecond
    }
}
