import Testing

@testable import PacketCapture

@Suite struct DuplicateTableTests {
    static func packet(_ text: String, id: Int = 0) -> [UInt8] {
        PacketBytes.ipv4(PacketBytes.udp(PacketBytes.text(text)), id: id)
    }

    static func read(_ link: UInt32, _ frames: [[UInt8]], every nanoseconds: Int64 = 1000) -> ReadCapture {
        var file = PcapBytes(isNanoseconds: true, link: link)
        for (index, frame) in frames.enumerated() { file.add(frame, at: Int64(index) * nanoseconds) }
        let capture = ReadCapture(file.bytes)
        #expect(capture.error == nil && capture.alwaysAddedUp)
        return capture
    }

    @Test("the same datagram through another interface or direction is given once")
    func secondCapture() {
        let packet = Self.packet("a:1|c")
        let frames = [
            PacketBytes.cooked2(packet, interface: 1, packetType: 4), PacketBytes.cooked2(packet, interface: 1),
            PacketBytes.cooked2(packet, interface: 2), PacketBytes.cooked2(packet, interface: 3),
            PacketBytes.cooked2(packet, interface: 4), PacketBytes.cooked2(packet, interface: 5),
        ]
        let capture = Self.read(276, frames)
        #expect(capture.texts == ["a:1|c"] && capture.notes.duplicateCaptures == 5)
        #expect(capture.datagrams.first?.packetNumber == 1)
        let first = Self.read(113, [PacketBytes.cooked(packet, packetType: 4), PacketBytes.cooked(packet)])
        #expect(first.texts == ["a:1|c"] && first.notes.duplicateCaptures == 1)
    }

    @Test("equal datagrams at the same vantage point each count")
    func equalDatagrams() {
        let packet = Self.packet("a:1|c")
        let (out, into) = (PacketBytes.cooked2(packet, packetType: 4), PacketBytes.cooked2(packet))
        for (frames, count) in [
            ([out, out], 2), ([out, into, out, into], 2), ([out, out, into, into], 2), ([out, out, out, into], 3),
            ([out, out, into, out, into, into, into], 4), ([into, into, into], 3),
        ] {
            let capture = Self.read(276, frames)
            #expect(capture.datagrams.count == count && capture.notes.skipped.total == 0)
        }
        #expect(Self.read(1, [[UInt8]](repeating: PacketBytes.ethernet(packet), count: 9)).datagrams.count == 9)
    }

    @Test("what differs in address, port, identification or payload is another datagram")
    func differences() {
        var flow = PacketBytes.Flow.ipv4
        flow.sourcePort += 1
        var host = PacketBytes.Flow.ipv4
        host.source[3] += 1
        let text = PacketBytes.text("a:1|c")
        let others = [
            Self.packet("a:2|c"), Self.packet("a:1|c", id: 1),
            PacketBytes.ipv4(PacketBytes.udp(text, flow), flow, id: 0),
            PacketBytes.ipv4(PacketBytes.udp(text, host), host, id: 0),
        ]
        for other in others {
            let frames = [PacketBytes.cooked2(Self.packet("a:1|c")), PacketBytes.cooked2(other, interface: 2)]
            #expect(Self.read(276, frames).datagrams.count == 2)
        }
    }

    @Test("checksum and time to live may differ between two captures of one packet")
    func tolerated() {
        let text = PacketBytes.text("a:1|c")
        let routed = PacketBytes.ipv4(PacketBytes.udp(text), ttl: 63)
        let offloaded = PacketBytes.ipv4(PacketBytes.udp(text, checksum: .offloaded))
        let frames = [PacketBytes.cooked2(offloaded, interface: 1), PacketBytes.cooked2(routed, interface: 2)]
        let capture = Self.read(276, frames)
        #expect(capture.datagrams.count == 1 && capture.notes.duplicateCaptures == 1)
    }

    @Test("where the link type hides the interface, another time to live or frame address proves nothing, and is reported")
    func hiddenInterface() {
        let text = PacketBytes.text("a:1|c")
        let (near, far) = (PacketBytes.ipv4(PacketBytes.udp(text), id: 0), PacketBytes.ipv4(PacketBytes.udp(text), id: 0, ttl: 63))
        var other = PacketBytes.cooked(near)
        other[11] = 9
        for frame in [PacketBytes.cooked(far), other] {
            let capture = Self.read(113, [PacketBytes.cooked(near), frame])
            #expect(capture.datagrams.count == 2 && capture.notes.unprovenDuplicates == 1)
        }
        let routed = Self.read(113, [PacketBytes.cooked(near), PacketBytes.cooked(far, packetType: 4)])
        #expect(routed.datagrams.count == 1 && routed.notes.duplicateCaptures == 1)
    }

    @Test("a bridge that translates: in again, to another server, with the same time to live; a client that sends to two goes out")
    func bridgedTranslation() {
        var server = PacketBytes.Flow.ipv4
        server.destination = [10, 0, 0, 9]
        let text = PacketBytes.text("a:1|c")
        let (before, behind) = (PacketBytes.ipv4(PacketBytes.udp(text), id: 0), PacketBytes.ipv4(PacketBytes.udp(text, server), server, id: 0))
        for (packetType, unproven) in [(0, 1), (3, 1), (4, 0)] as [(UInt8, UInt64)] {
            let frames = [
                PacketBytes.cooked2(before, interface: 1, packetType: packetType), PacketBytes.cooked2(behind, interface: 2, packetType: packetType),
            ]
            let capture = Self.read(276, frames)
            #expect(capture.datagrams.count == 2 && capture.notes.unprovenDuplicates == unproven, "type \(packetType)")
        }
    }

    @Test(
        "where nothing else tells, datagrams that all came equally often were seen so often", arguments: [1, 2, 3, 4], [9, 10, 300])
    func seenAlike(times: Int, count: Int) {
        let packets = (0..<count).map { Self.packet("a:\($0)|c") }
        let frames = packets.flatMap { [[UInt8]](repeating: PacketBytes.cooked($0), count: times) }
        let notes = Self.read(113, frames).notes
        let isReported = (2...3).contains(times) && count >= 10
        #expect(notes.timesSeenAlike == (isReported ? times : 0) && notes.seenAlike == (isReported ? UInt64(count) : 0))
        #expect(notes.datagrams == UInt64(times * count))
        // With an identification, an interface, or a few that came otherwise nothing is said.
        let known = packets.indices.flatMap { [[UInt8]](repeating: PacketBytes.cooked(Self.packet("a:\($0)|c", id: $0 + 1)), count: times) }
        #expect(Self.read(113, known).notes.timesSeenAlike == 0)
        #expect(Self.read(276, packets.flatMap { [[UInt8]](repeating: PacketBytes.cooked2($0), count: times) }).notes.timesSeenAlike == 0)
        let odd = frames + (0..<count / 8 + 1).map { PacketBytes.cooked(Self.packet("b:\($0)|c")) }
        #expect(Self.read(113, odd).notes.timesSeenAlike == 0)
    }

    @Test("after 20 ms it is a datagram of its own")
    func window() {
        let packet = Self.packet("a:1|c")
        let frames = [PacketBytes.cooked2(packet, packetType: 4), PacketBytes.cooked2(packet)]
        #expect(Self.read(276, frames, every: 20_000_000).datagrams.count == 1)
        #expect(Self.read(276, frames, every: 20_000_001).datagrams.count == 2)
    }

    @Test("a missing capture of a packet is not replaced by a capture of a later one")
    func lostCapture() {
        let packet = Self.packet("a:1|c")
        let (out, into) = (PacketBytes.cooked2(packet, packetType: 4), PacketBytes.cooked2(packet))
        var frames: [[UInt8]] = []
        for index in 0..<4000 {
            // The packet 10 is lost as it comes in, the packet 3990 as it goes out.
            if index != 3990 { frames.append(out) }
            if index != 10 { frames.append(into) }
        }
        let capture = Self.read(276, frames, every: 10_000)
        #expect(capture.datagrams.count == 4000 && capture.notes.duplicateCaptures == 3998)
    }

    @Test("a thousand packets may lie between the two captures of each")
    func backlog() {
        let packets = (0..<1000).map { Self.packet("a:\($0)|c") }
        let frames = packets.map { PacketBytes.cooked2($0, packetType: 4) } + packets.map { PacketBytes.cooked2($0) }
        let capture = Self.read(276, frames)
        #expect(capture.datagrams.count == 1000 && capture.notes.duplicateCaptures == 1000)
    }

    @Test("fragments that are captured twice are joined once, in either order")
    func fragments() {
        let payload = [UInt8](repeating: 65, count: 2000)
        let packets = PacketBytes.fragments(PacketBytes.udp(payload), size: 800, id: 4)
        let out = packets.map { PacketBytes.cooked2($0, packetType: 4) }
        let into = packets.map { PacketBytes.cooked2($0) }
        for frames in [out + into, zip(out, into).flatMap { [$0, $1] }] {
            let capture = Self.read(276, frames)
            #expect(capture.datagrams.map(\.payload) == [payload])
            #expect(capture.notes.duplicateCaptures == 3 && capture.notes.fragmentsJoined == 2)
            #expect(capture.notes.skipped.total == 0)
        }
    }

    @Test("long after its memory went round, every pair is still one", arguments: [1, 7, 300] as [Int])
    func manyPairs(distinct: Int) {
        var frames: [[UInt8]] = []
        for index in 0..<6000 {
            let packet = Self.packet("a:\(index % distinct)|c")
            frames += [PacketBytes.cooked2(packet, packetType: 4), PacketBytes.cooked2(packet)]
        }
        let capture = Self.read(276, frames, every: 10_000)
        #expect(capture.datagrams.count == 6000 && capture.notes.duplicateCaptures == 6000)
    }
}
