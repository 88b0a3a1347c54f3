import PacketCapture
import Testing

@Suite struct PcapngParserTests {
    static func frame(_ text: String) -> [UInt8] {
        PacketBytes.ethernet(PacketBytes.ipv4(PacketBytes.udp(PacketBytes.text(text))))
    }

    @Test("enhanced, obsolete and simple packets are read in both byte orders", arguments: [ByteOrder.little, .big])
    func packets(order: ByteOrder) {
        var file = PcapngBytes(order)
        file.interface()
        file.packet(Self.frame("a:1|c"), ticks: 1_700_000_000_000_001)
        file.packet(Self.frame("b:1|c"), ticks: 1_700_000_000_000_002, isObsolete: true)
        file.simplePacket(Self.frame("c:1|c"))
        let capture = ReadCapture(file.bytes)
        #expect(capture.error == nil)
        #expect(capture.texts == ["a:1|c", "b:1|c", "c:1|c"])
        #expect(
            capture.datagrams.map(\.timestamp)
                == [1_700_000_000_000_001_000, 1_700_000_000_000_002_000, 1_700_000_000_000_002_000])
        #expect(capture.notes.format == "pcapng" && capture.notes.clockStepsBack == 0)
    }

    @Test("interfaces of different link types and time scales stand in one section")
    func interfaces() {
        let ip = PacketBytes.ipv4(PacketBytes.udp(PacketBytes.text("x:1|c")))
        var file = PcapngBytes()
        file.interface(link: 1)
        file.interface(link: 276, resolution: 9)
        file.interface(link: 101, resolution: 0x80 | 10, offset: 1000)
        file.interface(link: 147)
        file.packet(PacketBytes.ethernet(ip), interface: 0, ticks: 5_000_000)
        file.packet(PacketBytes.cooked2(ip), interface: 1, ticks: 6_000_000_000)
        file.packet(ip, interface: 2, ticks: 512)
        file.packet(ip, interface: 3)
        let capture = ReadCapture(file.bytes)
        #expect(capture.texts == ["x:1|c", "x:1|c", "x:1|c"])
        #expect(capture.datagrams.map(\.timestamp) == [5_000_000_000, 6_000_000_000, 1_000_500_000_000])
        #expect(capture.notes.linkTypes == ["ethernet", "linux-sll2", "raw", "linktype-147"])
        #expect(capture.notes.unsupportedLinkTypes == ["linktype-147"])
        #expect(capture.notes.skipped.notUDP == 1 && capture.alwaysAddedUp)
    }

    @Test("a new section has its own byte order and its own interfaces")
    func sections() throws {
        var file = PcapngBytes(.little)
        file.interface(link: 1)
        file.packet(Self.frame("a:1|c"))
        file.statistics(interfaceDrops: 1, kernelDrops: 10)
        file.section(.big)
        file.interface(link: 101)
        file.packet(PacketBytes.ipv4(PacketBytes.udp(PacketBytes.text("b:1|c"))))
        file.statistics(kernelDrops: 5)
        file.section(.little)
        file.packet(Self.frame("c:1|c"))
        let capture = ReadCapture(file.bytes)
        #expect(capture.texts == ["a:1|c", "b:1|c"])
        #expect(capture.notes.interfaceDrops == 1 && capture.notes.kernelDrops == 15)
        let error = try #require(capture.error)
        #expect(error.packetNumber == 3 && error.reason.contains("interface 0, where 0 were declared"))
    }

    @Test("drop counts are the last ones of each interface, summed; nil if the file reports none")
    func drops() {
        var file = PcapngBytes()
        file.interface()
        file.interface()
        #expect(ReadCapture(file.bytes).notes.kernelDrops == nil)
        file.statistics(interface: 0, kernelDrops: 3)
        file.statistics(interface: 0, kernelDrops: 7)
        file.statistics(interface: 1, kernelDrops: 100)
        let notes = ReadCapture(file.bytes).notes
        #expect(notes.kernelDrops == 107 && notes.interfaceDrops == nil)
        file.statistics(interface: 1, interfaceDrops: .max, kernelDrops: .max)
        file.statistics(interface: 0, interfaceDrops: 1)
        let most = ReadCapture(file.bytes).notes
        #expect(most.kernelDrops == .max && most.interfaceDrops == .max)
    }

    @Test("blocks that are not known are skipped", arguments: [ByteOrder.little, .big])
    func unknownBlocks(order: ByteOrder) {
        var file = PcapngBytes(order)
        file.block(4, [1, 2, 3, 4])
        file.interface()
        file.block(0x8000_0BAD, [UInt8](repeating: 9, count: 70_000))
        file.packet(Self.frame("a:1|c"))
        file.block(10, [])
        #expect(ReadCapture(file.bytes).texts == ["a:1|c"])
    }

    @Test("a simple packet is as long as the snap length of interface 0 leaves it")
    func simplePackets() {
        var file = PcapngBytes()
        file.interface(snapLength: 50)
        let frame = Self.frame("abcdefgh:1|c")
        file.simplePacket(Array(frame.prefix(50)) + [7, 7], wire: frame.count)
        file.simplePacket(Self.frame("b:1|c"))
        let capture = ReadCapture(file.bytes)
        #expect(capture.error == nil)
        #expect(capture.notes.skipped.truncated == 1 && capture.texts == ["b:1|c"])
        #expect(capture.notes.firstTimestamp == nil)
    }

    @Test(
        "a broken block is an error that says where, and what came before stays",
        arguments: [0, 3, 4, 8, 11, 13, 30, 1 << 24 + 4, 1 << 31, UInt32.max] as [UInt32])
    func lengths(length: UInt32) throws {
        for type in [1, 2, 3, 5, 6, 99, 0x0A0D_0D0A] as [UInt32] {
            var file = PcapngBytes()
            file.interface()
            file.packet(Self.frame("a:1|c"))
            file.block(type, [UInt8](repeating: 0, count: 40), length: length)
            let capture = ReadCapture(file.bytes)
            #expect(capture.texts == ["a:1|c"])
            let error = try #require(capture.error)
            #expect(error.kind == .unusable && error.packetNumber == 2)
            #expect(error.byteOffset >= UInt64(file.offsets[3]) && error.byteOffset <= UInt64(file.bytes.count))
        }
    }

    @Test("a length that does not stand at its block's end again is an error")
    func trailer() throws {
        var file = PcapngBytes()
        file.interface()
        file.block(77, [1, 2, 3, 4], trailer: 20)
        let error = try #require(ReadCapture(file.bytes).error)
        #expect(error.reason.contains("end again") && error.byteOffset == UInt64(file.bytes.count - 4))
    }

    @Test("an option that leaves its block is an error")
    func options() throws {
        var file = PcapngBytes()
        file.block(1, [1, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0xFF, 0xFF, 6, 0, 0, 0])
        let error = try #require(ReadCapture(file.bytes).error)
        #expect(error.reason.contains("option of 65535 bytes"))
    }

    @Test("a captured length that leaves its block is an error")
    func capturedLength() throws {
        var file = PcapngBytes()
        file.interface()
        let order = ByteOrder.little
        let head = order.bytes(0 as UInt32) + order.bytes(0 as UInt64) + order.bytes(9 as UInt32)
        file.block(6, head + order.bytes(9 as UInt32) + [UInt8](repeating: 0, count: 8))
        let error = try #require(ReadCapture(file.bytes).error)
        #expect(error.reason.contains("9 captured bytes in a block with room for 8") && error.packetNumber == 1)
    }

    @Test("interfaces are bounded, and so is the list of their link types")
    func manyInterfaces() throws {
        var file = PcapngBytes()
        for link in 0..<200 { file.interface(link: UInt16(link)) }
        #expect(ReadCapture(file.bytes).notes.linkTypes.count == 64)
        var one = PcapngBytes()
        let header = one.bytes
        one.interface()
        let interface = one.bytes.dropFirst(header.count)
        var bytes = header
        for _ in 0..<65_536 { bytes += interface }
        #expect(ReadCapture(bytes).error == nil)
        bytes += interface
        let error = try #require(ReadCapture(bytes).error)
        #expect(error.reason.contains("65536 interfaces"))
    }
}
