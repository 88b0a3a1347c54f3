import Testing

@testable import PacketCapture

@Suite struct IPHeaderTests {
    /// Reads packets without a link layer.
    static func read(_ packets: [UInt8]...) -> ReadCapture {
        var file = PcapBytes(link: 101)
        for packet in packets { file.add(packet) }
        let capture = ReadCapture(file.bytes)
        #expect(capture.error == nil && capture.alwaysAddedUp)
        return capture
    }

    static let udp = PacketBytes.udp(PacketBytes.text("a:1|c"))
    static let udp6 = PacketBytes.udp(PacketBytes.text("a:1|c"), .ipv6)

    @Test("IPv4 options of every length are passed over", arguments: Array(stride(from: 0, through: 40, by: 4)))
    func options(count: Int) {
        #expect(Self.read(PacketBytes.ipv4(Self.udp, options: [UInt8](repeating: 1, count: count))).texts == ["a:1|c"])
    }

    @Test("contradicting lengths are malformed")
    func lengths() {
        var shortHeader = PacketBytes.ipv4(Self.udp)
        shortHeader[0] = 0x44
        let packets = [
            shortHeader, PacketBytes.ipv4(Self.udp, total: 19), PacketBytes.ipv4(Self.udp, total: 27),
            PacketBytes.ipv4(Self.udp, total: 60_000),
            PacketBytes.ipv4(PacketBytes.udp([1, 2], length: 7)),
            PacketBytes.ipv4(PacketBytes.udp([1, 2], length: 11)),
            PacketBytes.ipv4(PacketBytes.udp([1, 2], length: 0)),
            PacketBytes.ipv6(Self.udp6, length: 9), PacketBytes.ipv6(Self.udp6, length: 7),
            PacketBytes.ipv6(Self.udp6, length: 50_000), [0x50] + [UInt8](repeating: 0, count: 50),
        ]
        for packet in packets { #expect(Self.read(packet).notes.skipped.malformed == 1, "\(packet)") }
    }

    @Test("a UDP length below IP's leaves the rest out; a datagram may be empty")
    func shortUDP() {
        let capture = Self.read(
            PacketBytes.ipv4(PacketBytes.udp(PacketBytes.text("abc"), length: 10)),
            PacketBytes.ipv4(PacketBytes.udp([])), PacketBytes.ipv6(PacketBytes.udp([], .ipv6)))
        #expect(capture.texts == ["ab", "", ""])
    }

    @Test("only the destination port counts: a reply is of another port")
    func ports() {
        var reply = PacketBytes.Flow.ipv4
        swap(&reply.sourcePort, &reply.destinationPort)
        let packets = PacketBytes.ipv4(PacketBytes.udp([1], reply))
        let notes = Self.read(packets, PacketBytes.ipv4(Self.udp, proto: 6), PacketBytes.ipv6(Self.udp6, next: 58))
            .notes
        #expect(notes.skipped.otherPort == 1 && notes.skipped.notUDP == 2)
        var file = PcapBytes(link: 101)
        file.add(packets)
        #expect(ReadCapture(file.bytes, ports: PortSet([39_999...40_001])).datagrams.count == 1)
    }

    @Test("a cut packet to another port is of another port as soon as the port is there")
    func cutPorts() {
        var flow = PacketBytes.Flow.ipv4
        flow.destinationPort = 53
        var file = PcapBytes(link: 101)
        let packet = PacketBytes.ipv4(PacketBytes.udp([1, 2, 3], flow))
        for captured in 20..<packet.count { file.add(packet, captured: captured) }
        let notes = ReadCapture(file.bytes).notes
        #expect(notes.skipped.truncated == 4 && notes.skipped.otherPort == UInt64(packet.count - 24))
    }

    @Test("IPv6 extension headers are followed, in any number up to 16")
    func extensions() {
        let hop = PacketBytes.extensionHeader(next: 60)
        let destination = PacketBytes.extensionHeader(next: 43, units: 3)
        let routing: [UInt8] = [51, 2, 2, 0] + [UInt8](repeating: 0, count: 20)
        let authentication: [UInt8] = [17, 4] + [UInt8](repeating: 0, count: 22)
        let all = hop + destination + routing + authentication + Self.udp6
        let capture = Self.read(PacketBytes.ipv6(all, next: 0))
        #expect(capture.texts == ["a:1|c"] && capture.notes.badUDPChecksums == 0)
        for count in [15, 16, 17] {
            var chain: [UInt8] = []
            for index in 0..<count { chain += PacketBytes.extensionHeader(next: index == count - 1 ? 17 : 60) }
            let notes = Self.read(PacketBytes.ipv6(chain + Self.udp6, next: 60)).notes
            #expect(notes.datagrams == (count < 16 ? 1 : 0) && notes.skipped.malformed == (count < 16 ? 0 : 1))
        }
        for next in [59, 50, 6] as [UInt8] {
            let packet = PacketBytes.ipv6(PacketBytes.extensionHeader(next: next) + Self.udp6, next: 0)
            #expect(Self.read(packet).notes.skipped.notUDP == 1)
        }
    }

    @Test("an extension header cut anywhere is truncated, and one longer than its packet malformed")
    func cutExtensions() {
        let packet = PacketBytes.ipv6(PacketBytes.extensionHeader(next: 17, units: 2) + Self.udp6, next: 0)
        var file = PcapBytes(link: 101)
        for captured in 0..<packet.count { file.add(packet, captured: captured) }
        #expect(ReadCapture(file.bytes).notes.skipped.truncated == UInt64(packet.count))
        var long = packet
        long[41] = 200
        #expect(Self.read(long).notes.skipped.malformed == 1)
    }

    @Test("with segments left, the destination is not the final one: the UDP checksum is not judged")
    func routed() {
        var routing: [UInt8] = [17, 2, 0, 1] + [UInt8](repeating: 0, count: 20)
        let wrong = PacketBytes.udp(PacketBytes.text("a:1|c"), .ipv6, checksum: .wrong)
        #expect(Self.read(PacketBytes.ipv6(routing + wrong, next: 43)).notes.badUDPChecksums == 0)
        routing[3] = 0
        #expect(Self.read(PacketBytes.ipv6(routing + wrong, next: 43)).notes.badUDPChecksums == 1)
    }

    @Test("an atomic fragment is a whole datagram")
    func atomic() {
        let packet = PacketBytes.fragment(Self.udp6, .ipv6, offset: 0, more: false, id: 3)
        let capture = Self.read(packet)
        #expect(capture.texts == ["a:1|c"] && capture.datagrams.first?.wasFragmented == false)
    }

    @Test("a super-packet is one whose lengths contradict each other, whatever its size")
    func segments() {
        let flags: ([UInt8]) -> [Bool] = { packet in Self.read(packet).datagrams.map(\.isSegmented) }
        let payload: (Int) -> [UInt8] = { PacketBytes.udp([UInt8](repeating: 65, count: $0)) }
        for count in [1, 8972, 8973, 16_000, 65_507] { #expect(flags(PacketBytes.ipv4(payload(count))) == [false], "\(count)") }
        let offloaded = PacketBytes.udp([UInt8](repeating: 65, count: 16_000), checksum: .offloaded)
        #expect(flags(PacketBytes.ipv4(offloaded)) == [false])
        #expect(flags(PacketBytes.ipv4(payload(100), total: 0)) == [true])
        // The UDP length is the first segment's, the IP length the whole's; and both are the first segment's.
        let first = PacketBytes.udp([UInt8](repeating: 65, count: 100), length: 58)
        #expect(flags(PacketBytes.ipv4(first)) == [true])
        #expect(flags(PacketBytes.ipv4(payload(100)) + [UInt8](repeating: 65, count: 65)) == [true])
        #expect(flags(PacketBytes.ipv4(payload(100)) + [UInt8](repeating: 0, count: 64)) == [false])
        #expect(flags(PacketBytes.ipv6(PacketBytes.udp([1], .ipv6), length: 0)) == [true])
        let jumbo = PacketBytes.udp([UInt8](repeating: 65, count: 70_000), .ipv6, length: 0)
        let capture = Self.read(PacketBytes.ipv6(jumbo, length: 0), PacketBytes.ipv4(jumbo, total: 0))
        #expect(capture.datagrams.map(\.payload.count) == [70_000, 70_000])
        #expect(capture.notes.segmentedSuperPackets == 2 && capture.notes.badUDPChecksums == 0)
    }
}
