import Testing

@testable import PacketCapture

@Suite struct LinkHeaderTests {
    static let v4 = PacketBytes.ipv4(PacketBytes.udp(PacketBytes.text("four:1|c")))
    static let v6 = PacketBytes.ipv6(PacketBytes.udp(PacketBytes.text("six:1|c"), .ipv6))

    struct Case: Sendable, CustomTestStringConvertible {
        var link: UInt32
        var name: String
        var frames: [[UInt8]]
        var testDescription: String { "\(name) (\(link))" }
    }

    static let cases: [Case] = [
        Case(link: 1, name: "ethernet", frames: [PacketBytes.ethernet(v4), PacketBytes.ethernet(v6)]),
        Case(
            link: 1, name: "ethernet",
            frames: [PacketBytes.ethernet(v4, tags: [0x8100]), PacketBytes.ethernet(v6, tags: [0x88A8, 0x8100])]),
        Case(
            link: 1, name: "ethernet",
            frames: [
                PacketBytes.ethernet(v4, tags: [0x9100, 0x9100, 0x8100]),
                PacketBytes.ethernet(v6, tags: [Int](repeating: 0x8100, count: 8)),
            ]),
        Case(link: 113, name: "linux-sll", frames: [PacketBytes.cooked(v4), PacketBytes.cooked(v6)]),
        Case(link: 276, name: "linux-sll2", frames: [PacketBytes.cooked2(v4), PacketBytes.cooked2(v6)]),
        Case(
            link: 0, name: "null",
            frames: [PacketBytes.null(v4, isBigEndian: true), PacketBytes.null(v6, isBigEndian: true)]),
        Case(
            link: 0, name: "null",
            frames: [PacketBytes.null(v4, isBigEndian: false), PacketBytes.null(v6, family6: 24, isBigEndian: false)]),
        Case(
            link: 108, name: "loop",
            frames: [PacketBytes.null(v4, isBigEndian: true), PacketBytes.null(v6, family6: 28, isBigEndian: true)]),
        Case(link: 101, name: "raw", frames: [v4, v6]), Case(link: 12, name: "raw", frames: [v4, v6]),
        Case(link: 14, name: "raw", frames: [v4, v6]), Case(link: 228, name: "ipv4", frames: [v4]),
        Case(link: 229, name: "ipv6", frames: [v6]),
    ]

    @Test("each link type leads to its datagrams, whatever the padding behind them", arguments: cases)
    func links(given: Case) {
        var file = PcapBytes(link: given.link)
        for frame in given.frames {
            file.add(frame)
            file.add(frame + [0xAA, 0xBB, 0xCC])
        }
        let capture = ReadCapture(file.bytes)
        let texts = given.frames.map { $0.suffix(7) == PacketBytes.text("six:1|c")[...] ? "six:1|c" : "four:1|c" }
        #expect(capture.notes.linkTypes == [given.name])
        #expect(capture.texts == texts.flatMap { [$0, $0] })
        #expect(capture.notes.badUDPChecksums == 0 && capture.notes.badIPChecksums == 0)
    }

    @Test("a packet cut by the snap length at any byte is truncated, and nothing else", arguments: cases)
    func truncation(given: Case) {
        for frame in given.frames {
            var file = PcapBytes(link: given.link)
            for captured in 0..<frame.count { file.add(frame, captured: captured) }
            let capture = ReadCapture(file.bytes)
            #expect(capture.notes.skipped.truncated == UInt64(frame.count))
            #expect(capture.datagrams.isEmpty && capture.alwaysAddedUp)
        }
    }

    @Test("a packet that was as short on the wire is malformed, and nothing else", arguments: cases)
    func shortness(given: Case) {
        for frame in given.frames {
            var file = PcapBytes(link: given.link)
            for count in 0..<frame.count { file.add(Array(frame.prefix(count))) }
            let capture = ReadCapture(file.bytes)
            #expect(capture.notes.skipped.malformed == UInt64(frame.count))
            #expect(capture.datagrams.isEmpty && capture.alwaysAddedUp)
        }
    }

    @Test("what is not IP is not UDP; a header of the other version, or too many tags, are malformed")
    func others() {
        var arp = PacketBytes.ethernet(Self.v4)
        arp.replaceSubrange(12..<14, with: [0x08, 0x06])
        var liar = PacketBytes.ethernet(Self.v4)
        liar.replaceSubrange(12..<14, with: [0x86, 0xDD])
        var file = PcapBytes()
        file.add(arp)
        file.add(liar)
        file.add(PacketBytes.ethernet(Self.v4, tags: [Int](repeating: 0x8100, count: 9)))
        var notes = ReadCapture(file.bytes).notes
        #expect(notes.skipped.notUDP == 1 && notes.skipped.malformed == 2)
        file = PcapBytes(link: 0)
        file.add([7, 0, 0, 0] + Self.v4)
        #expect(ReadCapture(file.bytes).notes.skipped.notUDP == 1)
        file = PcapBytes(link: 105)
        file.add(Self.v4)
        notes = ReadCapture(file.bytes).notes
        #expect(notes.skipped.notUDP == 1 && notes.unsupportedLinkTypes == ["linktype-105"])
    }
}
