import PacketCapture
import Testing

@Suite struct PcapParserTests {
    static let packet = PacketBytes.ethernet(PacketBytes.ipv4(PacketBytes.udp(PacketBytes.text("a:1|c"))))

    @Test(
        "both byte orders and both resolutions give the same datagram", arguments: [ByteOrder.little, .big],
        [false, true])
    func variants(order: ByteOrder, isNanoseconds: Bool) throws {
        var file = PcapBytes(order, isNanoseconds: isNanoseconds)
        file.add(Self.packet, at: 1_700_000_000_123_456_789)
        let capture = ReadCapture(file.bytes)
        #expect(capture.error == nil)
        let datagram = try #require(capture.datagrams.first)
        #expect(capture.datagrams.count == 1)
        #expect(datagram.timestamp == (isNanoseconds ? 1_700_000_000_123_456_789 : 1_700_000_000_123_456_000))
        #expect(datagram.text == "a:1|c" && datagram.packetNumber == 1)
        #expect(datagram.source == "192.0.2.1:40000" && datagram.destination == "192.0.2.2:8125")
        #expect(capture.notes.format == "pcap" && capture.notes.linkTypes == ["ethernet"])
        #expect(capture.notes.firstTimestamp == datagram.timestamp && capture.notes.lastTimestamp == datagram.timestamp)
        #expect(capture.notes.badIPChecksums == 0 && capture.notes.badUDPChecksums == 0)
    }

    @Test(
        "the frame check sequence's bits beside the link type are left out",
        arguments: [0x0400_0001, 0xF000_0001, 0x0001_0001])
    func checkSequence(link: UInt32) {
        var file = PcapBytes(link: link)
        file.add(Self.packet + [1, 2, 3, 4])
        #expect(ReadCapture(file.bytes).texts == ["a:1|c"])
    }

    @Test("a cut at every byte keeps the packets before it and says which packet, which byte and how much was missing")
    func cuts() throws {
        var file = PcapBytes()
        for _ in 0..<3 { file.add(Self.packet) }
        for length in 24..<file.bytes.count {
            let capture = ReadCapture(Array(file.bytes.prefix(length)))
            let whole = file.offsets.filter { $0 + 16 + Self.packet.count <= length }.count
            #expect(capture.datagrams.count == whole)
            #expect(capture.alwaysAddedUp)
            if file.offsets.contains(length) {
                #expect(capture.error == nil)
            } else {
                let error = try #require(capture.error)
                #expect(error.kind == .unusable && error.packetNumber == UInt64(whole + 1))
                #expect(error.byteOffset == UInt64(file.offsets[whole]))
                #expect(error.reason.contains("\(length - file.offsets[whole]) are left"))
            }
        }
    }

    @Test("a header that is cut says what it needs", arguments: 4..<24)
    func cutHeader(length: Int) throws {
        let error = try #require(ReadCapture(Array(PcapBytes().bytes.prefix(length))).error)
        #expect(error.kind == .unusable && error.packetNumber == nil)
        #expect(error.reason.contains("24 bytes, the file has \(length)"))
    }

    @Test(
        "a record's length is bounded, whatever snap length the header claims",
        arguments: [(0, 262_144), (65_535, 327_679), (262_144, 524_288), (UInt32.max, 524_288)] as [(UInt32, Int)])
    func recordBound(snapLength: UInt32, limit: Int) throws {
        for (count, isFine) in [(limit, true), (limit + 1, false)] {
            var file = PcapBytes(snapLength: snapLength)
            file.add(Self.packet)
            file.add([UInt8](repeating: 0, count: count))
            let capture = ReadCapture(file.bytes)
            #expect(capture.datagrams.count == 1)
            #expect((capture.error == nil) == isFine)
            if let error = capture.error {
                #expect(error.packetNumber == 2 && error.byteOffset == UInt64(file.offsets[1] + 8))
                #expect(error.reason.contains("\(count) bytes, where \(limit)"))
            }
        }
    }

    @Test("another version is refused")
    func version() throws {
        let error = try #require(ReadCapture(PcapBytes(version: 3).bytes).error)
        #expect(error.reason.contains("version 3.4") && error.byteOffset == 4)
    }

    @Test("an error comes again when asked again, and the notes stay")
    func repeatedError() throws {
        var file = PcapBytes()
        file.add(Self.packet)
        var reader = try DatagramReader(bytes: file.bytes + [1], name: "cut")
        #expect(try reader.next() != nil)
        do {
            _ = try reader.next()
            Issue.record("a cut file was read to its end")
        } catch { #expect(error.packetNumber == 2) }
        do {
            _ = try reader.next()
            Issue.record("the error went away")
        } catch { #expect(error.packetNumber == 2) }
        #expect(reader.notes.packets == 1 && reader.notes.datagrams == 1)
    }

    @Test("a file with a header alone is a capture without packets")
    func noPackets() {
        let capture = ReadCapture(PcapBytes(link: 276).bytes)
        #expect(capture.error == nil && capture.notes.packets == 0 && capture.notes.linkTypes == ["linux-sll2"])
        #expect(capture.notes.firstTimestamp == nil && capture.notes.kernelDrops == nil)
    }
}
