import Testing
import TestSupport

@testable import PacketCapture

@Suite("Packets in tunnels") struct TunnelTests {
    @Test("each kind over each version is looked into, for each version inside", arguments: TunnelBytes.all, [false, true])
    func kinds(tunnel: TunnelBytes, isIPv6: Bool) throws {
        let packets = [TunnelBytes.inner("a:1|c", isIPv6: isIPv6), TunnelBytes.inner("b:1|c", isIPv6: isIPv6, port: 9)]
        let capture = TunnelBytes.read(packets.map(tunnel.wrap))
        #expect(capture.texts == ["a:1|c"] && capture.alwaysAddedUp)
        #expect(capture.datagrams.first?.source == (isIPv6 ? "[2001:db8::1]:40000" : "192.0.2.1:40000"))
        #expect(capture.notes.skipped.otherPort == 1 && capture.notes.skipped.total == 1)
        #expect(capture.notes.tunnels.map(\.packets) == [1])
        #expect(capture.notes.other.ports(limit: 9) == [.init(port: 9, datagrams: 1, looksLikeStats: true)])
        #expect(capture.notes.badUDPChecksums == 0 && capture.notes.badIPChecksums == 0)
    }

    @Test("two tunnels in each other, of any kinds", arguments: TunnelBytes.Kind.allCases, TunnelBytes.Kind.allCases)
    func nested(outer: TunnelBytes.Kind, inner: TunnelBytes.Kind) {
        let wrapped = TunnelBytes(kind: outer).wrap(TunnelBytes(kind: inner, isIPv6: true).wrap(TunnelBytes.inner("a:1|c")))
        let capture = TunnelBytes.read([wrapped])
        #expect(capture.texts == ["a:1|c"] && capture.alwaysAddedUp)
    }

    @Test("four layers are followed; a fifth is passed over under its name", arguments: 1...6)
    func depth(layers: Int) {
        var packet = TunnelBytes.inner("a:1|c")
        for _ in 0..<layers { packet = TunnelBytes(kind: .vxlan).wrap(packet) }
        let capture = TunnelBytes.read([packet])
        #expect(capture.texts == (layers <= TunnelPath.mostLayers ? ["a:1|c"] : []) && capture.alwaysAddedUp)
        #expect(capture.notes.skipped.tunnel == (layers <= TunnelPath.mostLayers ? 0 : 1))
        if layers > TunnelPath.mostLayers { #expect(capture.notes.unreadTunnels.first?.name == "VXLAN in more than 4 layers") }
    }

    @Test("fragments of the tunnel's packets, of the packets inside, and of both, in any order", arguments: TunnelBytes.all, [1, 2, 3] as [UInt64])
    func fragments(tunnel: TunnelBytes, seed: UInt64) {
        var draws = Draws(seed: seed)
        let text = "a:" + String(repeating: "1", count: 600) + "|c"
        let udp = PacketBytes.udp(PacketBytes.text(text))
        let pieces = draws.shuffled(PacketBytes.fragments(udp, size: 256, id: 77))
        let whole = PacketBytes.ipv4(udp)
        let inside = TunnelBytes.read(pieces.map(tunnel.wrap))
        let outside = TunnelBytes.read(draws.shuffled(tunnel.fragments(whole, size: 128, id: 5)))
        var id = 10
        let packets = draws.shuffled(pieces.flatMap { piece in
            id += 1
            return tunnel.fragments(piece, size: 120, id: id)
        })
        let both = TunnelBytes.read(packets)
        for (name, capture) in [("inside", inside), ("outside", outside), ("both", both)] {
            #expect(capture.texts == [text], "\(name), seed \(seed)")
            #expect(capture.alwaysAddedUp && capture.notes.skipped.total == 0, "\(name), seed \(seed): \(capture.notes.skipped)")
            #expect(capture.datagrams.first?.wasFragmented == true, "\(name)")
        }
        #expect(both.notes.fragmentsJoined == UInt64(packets.count - 1))
    }

    @Test("what a tunnel's end discards for the tunnel's own header is not offered", arguments: TunnelBytes.all)
    func wrongTunnels(tunnel: TunnelBytes) {
        var (header, checksum) = (tunnel, tunnel)
        header.hasWrongHeader = !tunnel.isIPv6
        let hasChecksum = ![.gre, .greEthernet, .nvgre, .ip].contains(tunnel.kind)
        checksum.hasWrongChecksum = hasChecksum
        let packets = [tunnel.wrap(TunnelBytes.inner("a:1|c")), header.wrap(TunnelBytes.inner("b:1|c")), checksum.wrap(TunnelBytes.inner("c:1|c"))]
        let right = ["a:1|c"] + (tunnel.isIPv6 ? ["b:1|c"] : []) + (hasChecksum ? [] : ["c:1|c"])
        let capture = TunnelBytes.read(packets)
        #expect(capture.texts == right && capture.alwaysAddedUp)
        #expect(capture.notes.skipped.checksum == UInt64(3 - right.count) && capture.notes.wrongDatagrams == UInt64(3 - right.count))
        var file = PcapBytes()
        for packet in packets { file.add(PacketBytes.ethernet(packet)) }
        var rules = ReadingRules()
        rules.checksums = .ignore
        let ignoring = ReadCapture(file.bytes, rules: rules)
        #expect(ignoring.texts == ["a:1|c", "b:1|c", "c:1|c"] && ignoring.alwaysAddedUp)
        // A header inside of another tunnel is judged as well.
        let nested = TunnelBytes.read([TunnelBytes(kind: .geneve).wrap(header.wrap(TunnelBytes.inner("b:1|c")))])
        #expect(nested.texts == (tunnel.isIPv6 ? ["b:1|c"] : []))
    }

    @Test("an outer checksum of 0, one left to the device, and one of a packet that was cut are not judged")
    func openTunnels() {
        let tunnel = TunnelBytes(kind: .vxlan, isIPv6: true)
        var none = tunnel.wrap(TunnelBytes.inner("a:1|c"))
        (none[46], none[47]) = (0, 0)
        #expect(TunnelBytes.read([none]).texts == ["a:1|c"])
        var gre = TunnelBytes(kind: .greAll)
        gre.hasWrongChecksum = true
        // The cut takes the end of the trailing bytes alone.
        let whole = PacketBytes.ethernet(gre.wrap(TunnelBytes.inner("a:1|c") + [0, 0, 0, 0]))
        var file = PcapBytes()
        file.add(whole, captured: whole.count - 2)
        #expect(ReadCapture(file.bytes).texts == ["a:1|c"])
    }

    @Test("what is encapsulated in ways that are not read is named", arguments: [
        ([0x88, 0x47, 0, 1, 0x01, 0x40], "MPLS"), ([0x88, 0x64, 0x11, 0, 0, 1, 0, 40, 0, 0x21], "PPPoE"),
        ([0x81, 0, 0, 5, 0x88, 0x47, 0, 1, 0x01, 0x40], "MPLS"),
    ] as [([UInt8], String)])
    func encapsulations(head: [UInt8], name: String) {
        var file = PcapBytes()
        file.add([UInt8](repeating: 2, count: 12) + head + TunnelBytes.inner("a:1|c"))
        let capture = ReadCapture(file.bytes)
        #expect(capture.texts.isEmpty && capture.notes.other.encapsulations == [.init(name: name, packets: 1)])
        for (link, frame) in [(113, [UInt8](repeating: 0, count: 14)), (276, [])] as [(UInt32, [UInt8])] where head[0] == 0x88 {
            var cooked = PcapBytes(link: link)
            cooked.add(frame + head.prefix(2) + [UInt8](repeating: 0, count: 18) + head.dropFirst(2))
            #expect(ReadCapture(cooked.bytes).notes.other.encapsulations == [.init(name: name, packets: 1)], "link type \(link)")
        }
    }

    @Test("so are IP's own encapsulations", arguments: [(50, "ESP"), (115, "L2TP"), (137, "MPLS")] as [(UInt8, String)])
    func encapsulations(transport: UInt8, name: String) {
        let capture = TunnelBytes.read([PacketBytes.ipv4([UInt8](repeating: 7, count: 40), proto: transport)])
        #expect(capture.notes.other.encapsulations == [.init(name: name, packets: 1)] && capture.alwaysAddedUp)
    }

    @Test("fragments of two virtual networks with the same addresses do not mix")
    func networks() {
        let texts = ["a:" + String(repeating: "1", count: 400) + "|c", "b:" + String(repeating: "2", count: 400) + "|c"]
        let pieces = texts.map { PacketBytes.fragments(PacketBytes.udp(PacketBytes.text($0)), size: 200, id: 7) }
        let packets = (0..<pieces[0].count).flatMap { index in
            (0..<2).map { TunnelBytes(kind: .vxlan, network: 10 + $0).wrap(pieces[$0][index]) }
        }
        #expect(Set(TunnelBytes.read(packets).texts) == Set(texts))
    }

    @Test("IPv4 fragments of two protocols with one identification do not mix")
    func protocols() {
        let text = "a:" + String(repeating: "1", count: 300) + "|c"
        let plain = PacketBytes.fragments(PacketBytes.udp(PacketBytes.text(text)), size: 160, id: 9)
        var flow = PacketBytes.Flow.ipv4
        flow.sourcePort = 41_000
        let header: [UInt8] = [0, 0, 8, 0]
        let gre = header + PacketBytes.ipv4(PacketBytes.udp(PacketBytes.text(text), flow), flow)
        let tunnelled = [
            PacketBytes.ipv4(Array(gre[..<160]), id: 9, more: true, proto: 47),
            PacketBytes.ipv4(Array(gre[160...]), id: 9, offset: 160, proto: 47),
        ]
        let capture = TunnelBytes.read([plain[0], tunnelled[0], plain[1], tunnelled[1]])
        #expect(plain.count == 2)
        #expect(capture.texts == [text, text] && capture.notes.skipped.total == 0)
    }

    @Test("what cannot be read is named", arguments: [
        ([0, 1, 0x88, 0x0B], "GRE version 1"), ([0x40, 0, 8, 0], "GRE with routing"), ([0, 0, 0x88, 0xBE], "GRE with ERSPAN"),
        ([0, 0, 0x88, 0x47], "GRE with MPLS"), ([0, 0, 0x88, 0x0B], "GRE with PPP"),
    ] as [([UInt8], String)])
    func unread(header: [UInt8], name: String) {
        let capture = TunnelBytes.read([PacketBytes.ipv4(header + TunnelBytes.inner("a:1|c"), proto: 47)])
        #expect(capture.notes.unreadTunnels == [.init(name: name, packets: 1)] && capture.notes.skipped.tunnel == 1)
        #expect(capture.alwaysAddedUp)
    }

    @Test("a datagram to a tunnel's port that is no tunnel is a datagram; with every port wanted, tunnels are still looked into")
    func wantedPorts() {
        let every = PortSet([1...UInt16.max])
        let packets = [4789, 8472, 6081].map { TunnelBytes.inner("port.\($0):1|c", port: $0) }
        #expect(TunnelBytes.read(packets, ports: every).texts.count == 3)
        #expect(TunnelBytes.read(packets).notes.skipped.otherPort == 3)
        let tunnelled = TunnelBytes.all.map { $0.wrap(TunnelBytes.inner("a:1|c")) }
        #expect(TunnelBytes.read(tunnelled, ports: every).texts == tunnelled.map { _ in "a:1|c" })
    }

    @Test("an `any` capture that shows a datagram in its tunnel and out of it counts it once")
    func observations() {
        let inner = TunnelBytes.inner("a:1|c")
        var file = PcapBytes(link: 276)
        for index in 0..<3 {
            let time = Int64(index) * 1_000_000_000
            file.add(PacketBytes.cooked2(TunnelBytes(kind: .vxlan).wrap(inner), interface: 2), at: time)
            file.add(PacketBytes.cooked2(inner, interface: 5), at: time + 20_000)
        }
        let capture = ReadCapture(file.bytes)
        #expect(capture.texts.count == 3 && capture.notes.duplicateCaptures == 3 && capture.alwaysAddedUp)
    }

    @Test("cut and broken tunnels are passed over, and every packet has its place", arguments: TunnelBytes.all)
    func hostile(tunnel: TunnelBytes) {
        let seed: UInt64 = 0x7E11
        var draws = Draws(seed: seed)
        let whole = PacketBytes.ethernet(TunnelBytes(kind: .vxlan).wrap(tunnel.wrap(TunnelBytes.inner("a:1|c|#x"))))
        var file = PcapBytes()
        for count in 0..<whole.count { file.add(whole, captured: count) }
        let cut = ReadCapture(file.bytes)
        #expect(cut.datagrams.isEmpty && cut.alwaysAddedUp && cut.notes.skipped.truncated == UInt64(whole.count))
        var broken = PcapBytes()
        for _ in 0..<3000 {
            var packet = whole
            for _ in 0...draws.below(4) { packet[14 + draws.below(packet.count - 14)] = UInt8(draws.below(256)) }
            broken.add(packet)
        }
        let capture = ReadCapture(broken.bytes)
        #expect(capture.error == nil && capture.alwaysAddedUp, "seed \(seed)")
        #expect(capture.notes.packets == 3000)
    }

    @Test("TCP to the wanted port is counted, in tunnels too")
    func tcp() {
        let segment = PacketBytes.ipv4([0x9C, 0x40, 0x1F, 0xBD] + [UInt8](repeating: 0, count: 16), proto: 6)
        let capture = TunnelBytes.read([segment, TunnelBytes(kind: .gre).wrap(segment), TunnelBytes.inner("a:1|c")])
        #expect(capture.notes.other.tcpPackets == 2 && capture.notes.skipped.notUDP == 2 && capture.texts.count == 1)
    }
}
