import Testing
import TestSupport

@testable import PacketCapture

/// When a datagram that a capture shows again is the same one.
@Suite struct DuplicateTests {
    /// From where a datagram is seen; the default is the first place.
    struct Place: Sendable {
        var interface: UInt32 = 0
        var mac: UInt8 = 1
        var tags: [Int] = []
        var ttl: UInt8 = 64
        var flow = PacketBytes.Flow.ipv4

        init(_ change: (inout Place) -> Void = { _ in }) { change(&self) }
    }

    /// A datagram as it is seen.
    struct Seen {
        var place = Place()
        var text = "a:1|c"
        var id = 7
        var time: Int64 = 0

        var frame: [UInt8] {
            let udp = PacketBytes.udp(PacketBytes.text(text), place.flow)
            let ip = place.flow.isIPv6 ? PacketBytes.ipv6(udp, place.flow) : PacketBytes.ipv4(udp, place.flow, id: id, ttl: place.ttl)
            var frame = PacketBytes.ethernet(ip, tags: place.tags)
            frame[11] = place.mac
            return frame
        }
    }

    static let start: Int64 = 1_700_000_000_000_000_000
    static let ports = PortSet([8125...8126])

    static func read(_ seen: [Seen], _ duplicates: ReadingRules.Duplicates = .ask) -> ReadCapture {
        read(frames: seen.map { ($0.frame, $0.place.interface, $0.time) }, duplicates)
    }

    static func read(
        frames: [(bytes: [UInt8], interface: UInt32, time: Int64)], _ duplicates: ReadingRules.Duplicates = .ask
    ) -> ReadCapture {
        var file = PcapngBytes()
        for _ in 0..<8 { file.interface(resolution: 9) }
        for frame in frames { file.packet(frame.bytes, interface: frame.interface, ticks: UInt64(start + frame.time)) }
        var rules = ReadingRules()
        rules.duplicates = duplicates
        let capture = ReadCapture(file.bytes, ports: ports, rules: rules)
        #expect(capture.error == nil && capture.alwaysAddedUp)
        return capture
    }

    static func counts(_ capture: ReadCapture) -> [UInt64] {
        [capture.notes.datagrams, capture.notes.duplicateCaptures, capture.notes.unprovenDuplicates, capture.notes.keptDuplicates]
    }

    static let others: [(String, Place)] = [
        ("another interface", Place { $0.interface = 1 }), ("other frame addresses", Place { $0.mac = 9 }),
        ("a VLAN tag", Place { $0.tags = [0x8100] }), ("a router further on", Place { $0.ttl = 63 }),
        ("behind DNAT", Place { $0.flow.destination = [10, 0, 0, 9] }),
        ("behind DNAT of the port", Place { $0.flow.destinationPort = 8126 }),
        ("behind SNAT", Place { $0.flow.source = [10, 0, 0, 9]; $0.ttl = 63 }),
        ("behind SNAT, on another interface", Place { $0.flow.source = [10, 0, 0, 9]; $0.interface = 2 }),
        ("behind both", Place { $0.flow.source = [10, 0, 0, 9]; $0.flow.destination = [10, 0, 0, 8]; $0.ttl = 62 }),
    ]

    @Test("the same from another vantage point is counted once, and kept where everything is", arguments: others.indices)
    func vantagePoints(index: Int) {
        let (name, place) = Self.others[index]
        let seen = [Seen(), Seen(place: place, time: 9000)]
        #expect(Self.counts(Self.read(seen)) == [1, 1, 0, 0], "\(name)")
        #expect(Self.counts(Self.read(seen, .merge)) == [1, 1, 0, 0], "\(name)")
        #expect(Self.counts(Self.read(seen, .keep)) == [2, 0, 0, 1], "\(name)")
        #expect(Self.counts(Self.read(seen.reversed().map { Seen(place: $0.place) })) == [1, 1, 0, 0], "\(name)")
    }

    @Test("the same from the same vantage point is kept and reported, or merged where somebody says so")
    func sameVantagePoint() {
        let seen = [Seen(), Seen(time: 1000), Seen(id: 8, time: 1_000_000), Seen(id: 8, time: 1_001_000)]
        #expect(Self.counts(Self.read(seen)) == [4, 0, 2, 0] && Self.read(seen).notes.undecidedDuplicates == 2)
        #expect(Self.counts(Self.read(seen, .keep)) == [4, 0, 2, 0] && Self.read(seen, .keep).notes.undecidedDuplicates == 0)
        #expect(Self.counts(Self.read(seen, .merge)) == [2, 2, 2, 0] && Self.read(seen, .merge).notes.undecidedDuplicates == 0)
    }

    @Test("the window is 20 ms, from the latest place that showed it, forwards and backwards")
    func window() {
        let other = Place { $0.interface = 1 }
        for (time, merged) in [(20_000_000, 1), (20_000_001, 0), (-20_000_000, 1), (-20_000_001, 0)] as [(Int64, UInt64)] {
            #expect(Self.counts(Self.read([Seen(), Seen(place: other, time: time)])) == [2 - merged, merged, 0, 0], "\(time)")
            #expect(Self.counts(Self.read([Seen(), Seen(time: time)])) == [2, 0, merged, 0], "\(time)")
        }
    }

    @Test("what differs in identification, source port or payload is another datagram from wherever it is seen")
    func differences() {
        let other = Place { $0.interface = 1 }
        let port = Place { $0.interface = 1; $0.flow.sourcePort += 1 }
        for seen in [Seen(place: other, id: 8), Seen(place: port), Seen(place: other, text: "a:2|c"), Seen(place: other, text: "a:1|c\n")] {
            #expect(Self.counts(Self.read([Seen(), seen])) == [2, 0, 0, 0])
        }
    }

    @Test("another source alone is another sender, whose identification may be the same")
    func otherSender() {
        let other = Place { $0.flow.source = [10, 0, 0, 9]; $0.mac = 9 }
        #expect(Self.counts(Self.read([Seen(), Seen(place: other, time: 1000)])) == [2, 0, 0, 0])
    }

    @Test("without an identification another vantage point proves nothing, and the same one says nothing", arguments: [false, true])
    func withoutIdentification(isIPv6: Bool) {
        let flow = isIPv6 ? PacketBytes.Flow.ipv6 : .ipv4
        let first = Seen(place: Place { $0.flow = flow }, id: 0)
        let other = Seen(place: Place { $0.flow = flow; $0.interface = 1 }, id: 0, time: 1000)
        #expect(Self.counts(Self.read([first, other])) == [2, 0, 1, 0])
        #expect(Self.counts(Self.read([first, other], .merge)) == [1, 1, 1, 0])
        #expect(Self.counts(Self.read([first, first])) == [2, 0, 0, 0])
        #expect(Self.counts(Self.read([first, first], .merge)) == [2, 0, 0, 0])
    }

    @Test("behind NAT that leaves no proof it is reported: without an identification, and with another source port", arguments: [
        (0, Place { $0.interface = 1; $0.ttl = 63; $0.flow.destination = [10, 0, 0, 9] }),
        (0, Place { $0.interface = 1; $0.ttl = 63; $0.flow.source = [10, 0, 0, 9] }),
        (7, Place { $0.interface = 1; $0.ttl = 63; $0.flow.source = [10, 0, 0, 9]; $0.flow.sourcePort = 61_000 }),
    ] as [(Int, Place)])
    func translated(id: Int, place: Place) {
        let seen = [Seen(id: id), Seen(place: place, id: id, time: 9000)]
        #expect(Self.counts(Self.read(seen)) == [2, 0, 1, 0] && Self.read(seen).notes.undecidedDuplicates == 1)
        #expect(Self.counts(Self.read(seen, .merge)) == [1, 1, 1, 0])
        #expect(Self.counts(Self.read(seen.reversed().map { Seen(place: $0.place, id: id) }, .merge)) == [1, 1, 1, 0])
        // Nothing speaks for NAT where the route is the same, or both sides are others.
        for change in [{ $0.ttl = 64 }, { $0.interface = 0 }, { $0.flow.source = [10, 0, 0, 9]; $0.flow.destination = [10, 0, 0, 8] }]
            as [(inout Place) -> Void]
        {
            var other = place
            change(&other)
            #expect(Self.counts(Self.read([Seen(id: id), Seen(place: other, id: id, time: 9000)])) == [2, 0, 0, 0])
        }
    }

    @Test("all of ten thousand within the window are found again; of a hundred thousand it is said how many were forgotten")
    func memory() throws {
        let packet = PacketBytes.ipv4(PacketBytes.udp(PacketBytes.text("a:1|c")))
        let raw = unsafe packet.span.bytes
        let link = try packet.withLink()
        var ip = try IPHeader(raw, link, wire: packet.count)
        let udp = try UDPHeader(raw, ip, wanted: .standard)
        var record = PacketRecord()
        for (count, forgotten) in [(10_000, 0...0), (100_000, 30_000...60_000)] as [(Int, ClosedRange<UInt64>)] {
            var observations = DuplicateTable()
            var found = 0
            for interface in 0..<2 {
                record.interface = UInt32(interface)
                for number in 1...count {
                    // Each its own: an identification of more bits than a packet has.
                    ip.identification = UInt32(number)
                    let identity = DatagramIdentity(packet.span, ip, udp, seed: observations.seed)
                    let vantage = VantagePoint(record, link, ip, (40_000, 8125))
                    if observations.handle(identity, from: vantage, at: Int64(number)) == .proven { found += 1 }
                }
                if interface == 0 { #expect(forgotten.contains(observations.forgotten), "\(count): \(observations.forgotten)") }
            }
            if count == 10_000 { #expect(found == count && observations.forgotten == 0) }
        }
    }

    @Test("fragments seen from another vantage point are joined once, IPv6's and translated ones too", arguments: 0..<4)
    func fragments(kind: Int) {
        let payload = [UInt8](repeating: 65, count: 2000)
        let flow = kind == 1 ? PacketBytes.Flow.ipv6 : .ipv4
        var translated = flow
        if kind == 2 { translated.destination = [10, 0, 0, 9] }
        let packets: (PacketBytes.Flow) -> [[UInt8]] = { flow in
            PacketBytes.fragments(PacketBytes.udp(payload, flow), flow, size: 800, id: 4).map { PacketBytes.ethernet($0) }
        }
        // The last kind comes twice from one vantage point.
        let frames = packets(flow).map { ($0, 0 as UInt32, 0 as Int64) } + packets(translated).map { ($0, kind == 3 ? 0 : 1, 1000) }
        let capture = Self.read(frames: frames)
        #expect(Self.counts(capture) == (kind == 3 ? [2, 0, 1, 0] : [1, 3, 0, 0]), "\(kind)")
        #expect(capture.datagrams.allSatisfy { $0.payload == payload } && capture.notes.skipped.total == 0)
        #expect(Self.counts(Self.read(frames: frames, .merge)) == [1, 3, kind == 3 ? 1 : 0, 0], "\(kind)")
    }

    @Test("the depth of a tunnel is part of the vantage point")
    func tunnels() throws {
        let packet = PacketBytes.ipv4(PacketBytes.udp(PacketBytes.text("a:1|c")))
        let link = try packet.withLink()
        let ip = try IPHeader(unsafe packet.span.bytes, link, wire: packet.count)
        let bare = VantagePoint(PacketRecord(), link, ip, (40_000, 8125))
        let inside = VantagePoint(PacketRecord(), link, ip, (40_000, 8125), tunnelDepth: 1)
        #expect(bare != inside && bare.name(source: 1) != inside.name(source: 1) && bare.source(1) == inside.source(1))
    }

    @Test("where a file states no time, nothing is within 20 ms of anything")
    func untimed() {
        var file = PcapngBytes()
        for _ in 0..<2 { file.interface(resolution: 9) }
        for index in 0..<6 { file.packet(Seen().frame, interface: UInt32(index % 2)) }
        for _ in 0..<3 { file.simplePacket(Seen().frame) }
        #expect(Self.counts(ReadCapture(file.bytes)) == [9, 0, 0, 0])
    }

    @Test("each datagram is offered once from however many vantage points it is seen", arguments: 0..<20 as Range<UInt64>)
    func random(seed: UInt64) {
        var draws = Draws(seed: seed)
        var seen: [Seen] = []
        let payloads = 1 + draws.below(5)
        // A source translated on a path that shows it untranslated as well is another sender.
        let others = Self.others.filter { $0.0 != "a router further on" }
        var id = draws.below(65_536)
        let count = 2000
        for index in 0..<count {
            // The identification wraps, and payloads repeat: neither makes two datagrams one.
            id = id % 65_535 + 1
            let text = "a:\(draws.below(payloads))|c"
            let places = [Place()] + (0..<draws.below(5)).map { _ in others[draws.below(others.count)].1 }
            for place in places {
                seen.append(Seen(place: place, text: text, id: id, time: Int64(index) * 20_000 + Int64(draws.below(5_000_000))))
            }
        }
        seen.sort { $0.time < $1.time }
        // From places drawn twice a datagram comes unproven: merging those counts each once as well.
        let merged = Self.read(seen, .merge)
        #expect(merged.notes.datagrams == UInt64(count), "seed \(seed)")
        #expect(merged.notes.duplicateCaptures == UInt64(seen.count - count), "seed \(seed)")
        #expect(Self.read(seen, .keep).notes.datagrams == UInt64(seen.count), "seed \(seed)")
    }

    @Test("a million identifications a second wrap without making two datagrams one")
    func wraps() {
        let frames = (0..<200_000).map { index in
            Seen(place: Place { $0.interface = UInt32(index & 1) }, text: "a:\(index)|c", id: 1 + index % 16, time: Int64(index) * 100)
        }
        #expect(Self.counts(Self.read(frames)) == [200_000, 0, 0, 0])
    }
}

extension [UInt8] {
    /// The link header of a packet without one.
    fileprivate func withLink() throws(SkipReason) -> LinkHeader { try LinkHeader(.raw, unsafe span.bytes, wire: count) }
}
