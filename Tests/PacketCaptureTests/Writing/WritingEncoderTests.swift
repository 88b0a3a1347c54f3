import StatsModel
import Testing

@testable import PacketCapture

@Suite("Capture files, byte for byte")
struct WritingEncoderTests {
    private static func description(nanoseconds: Bool = true, filter: String = "udp") -> CaptureDescription {
        CaptureDescription(
            linkType: 276, snapLength: 2048, hasNanoseconds: nanoseconds, interface: "lo",
            interfaceDescription: "loop", filter: filter, hardware: "x86_64", operatingSystem: "Linux 6.1",
            application: "statsreplay 0.1.0")
    }

    private static func header(_ format: CaptureFormat, _ description: CaptureDescription) -> [UInt8] {
        var buffer: [UInt8] = []
        CaptureEncoder(format: format, description: description).appendHeader(to: &buffer)
        return buffer
    }

    private static func packet(
        _ format: CaptureFormat, _ description: CaptureDescription, timestamp: Int64, original: UInt32, _ bytes: [UInt8]
    ) -> [UInt8] {
        var buffer: [UInt8] = []
        CaptureEncoder(format: format, description: description)
            .appendPacket(timestamp: timestamp, originalCount: original, bytes: bytes.span, to: &buffer)
        return buffer
    }

    @Test("the classic header carries magic, version, snaplen and link type", arguments: [true, false])
    func classicHeader(nanoseconds: Bool) {
        let magic: [UInt8] = nanoseconds ? [0x4D, 0x3C, 0xB2, 0xA1] : [0xD4, 0xC3, 0xB2, 0xA1]
        #expect(
            Self.header(.pcap, Self.description(nanoseconds: nanoseconds))
                == magic + [2, 0, 4, 0] + [0, 0, 0, 0, 0, 0, 0, 0] + [0, 8, 0, 0] + [0x14, 1, 0, 0])
    }

    @Test("a classic packet carries seconds, fraction and both lengths", arguments: [true, false])
    func classicPacket(nanoseconds: Bool) {
        let time: Int64 = 0x0102_0304 * 1_000_000_000 + 123_456_789
        let fraction: UInt32 = nanoseconds ? 123_456_789 : 123_456
        var expected: [UInt8] = [4, 3, 2, 1]
        expected.appendNumber(fraction)
        expected += [3, 0, 0, 0, 9, 0, 0, 0, 0xAA, 0xBB, 0xCC]
        let description = Self.description(nanoseconds: nanoseconds)
        #expect(
            Self.packet(.pcap, description, timestamp: time, original: 9, [0xAA, 0xBB, 0xCC]) == expected)
    }

    @Test("the block header names machine, tool, interface and filter")
    func blockHeader() {
        var expected: [UInt8] = []
        let section: [UInt8] =
            [0x4D, 0x3C, 0x2B, 0x1A, 1, 0, 0, 0] + Array(repeating: 0xFF, count: 8)
            + option(2, "x86_64") + option(3, "Linux 6.1") + option(4, "statsreplay 0.1.0") + [0, 0, 0, 0]
        let interface: [UInt8] =
            [0x14, 1, 0, 0, 0, 8, 0, 0] + option(2, "lo") + option(3, "loop") + [9, 0, 1, 0, 9, 0, 0, 0]
            + option(11, "\0udp") + option(12, "Linux 6.1") + [0, 0, 0, 0]
        for (type, body) in [(0x0A0D_0D0A as UInt32, section), (1, interface)] {
            expected.appendNumber(type)
            expected.appendNumber(UInt32(body.count + 12))
            expected += body
            expected.appendNumber(UInt32(body.count + 12))
        }
        #expect(Self.header(.pcapng, Self.description()) == expected)
    }

    @Test("an option's text is padded to four bytes and its length is not", arguments: 0...9)
    func optionPadding(length: Int) throws {
        let text = String(repeating: "x", count: length)
        let bytes = Self.header(.pcapng, Self.description(filter: text))
        #expect(bytes.count.isMultiple(of: 4))
        let found = String(decoding: bytes, as: UTF8.self).contains("\0" + text)
        #expect(found)
        // Both blocks' lengths stand at both their ends, so padding that is wrong shows here.
        let first = Int(try #require(bytes.number32(at: 4)))
        let second = Int(try #require(bytes.number32(at: first + 4)))
        #expect(first + second == bytes.count)
        #expect(bytes.number32(at: first - 4) == UInt32(first))
        #expect(bytes.number32(at: bytes.count - 4) == UInt32(second))
    }

    @Test(
        "an enhanced packet carries time, lengths, bytes and padding",
        arguments: [(0, 0), (1, 3), (2, 2), (3, 1), (4, 0)])
    func blockPacket(length: Int, padding: Int) {
        let bytes = Array(repeating: 0xEE as UInt8, count: length)
        let total = UInt32(32 + length + padding)
        var expected: [UInt8] = []
        for number in [6, total, 0, 0x0102_0304, 0x0506_0708, UInt32(length), 77] { expected.appendNumber(number) }
        expected += bytes + Array(repeating: 0, count: padding)
        expected.appendNumber(total)
        let found = Self.packet(
            .pcapng, Self.description(), timestamp: 0x0102_0304_0506_0708, original: 77, bytes)
        #expect(found == expected)
    }

    @Test("microsecond interfaces count in microseconds")
    func microseconds() {
        let found = Self.packet(
            .pcapng, Self.description(nanoseconds: false), timestamp: 5_000_001_999, original: 0, [])
        #expect(found.number32(at: 12) == 0)
        #expect(found.number32(at: 16) == 5_000_001)
    }

    @Test("statistics carry what is known and leave out what is not")
    func statistics() {
        let encoder = CaptureEncoder(format: .pcapng, description: Self.description())
        var full: [UInt8] = []
        encoder.appendStatistics(
            InterfaceStatistics(
                start: 1, end: 2, drops: DropStatistics(accepted: 30, kernelDrops: 4, interfaceDrops: 5),
                delivered: 26), to: &full)
        var expected: [UInt8] = []
        for number in [5 as UInt32, UInt32(full.count), 0, 0, 2] { expected.appendNumber(number) }
        for (code, value) in [
            (2, (0, 1)), (3, (0, 2)), (4, (30, 0)), (5, (5, 0)), (6, (30, 0)), (7, (4, 0)), (8, (26, 0)),
        ]
            as [(UInt16, (UInt32, UInt32))]
        {
            expected.appendNumber(code)
            expected.appendNumber(8 as UInt16)
            expected.appendNumber(value.0)
            expected.appendNumber(value.1)
        }
        expected += [0, 0, 0, 0]
        expected.appendNumber(UInt32(full.count))
        #expect(full == expected)
        #expect(full.count == encoder.trailerCount)

        var sparse: [UInt8] = []
        encoder.appendStatistics(
            InterfaceStatistics(start: 1, end: 2, drops: DropStatistics(), delivered: 0), to: &sparse)
        #expect(sparse.count == full.count - 4 * 12)
    }

    @Test("a cut buffer is whole up to the last record that fits", arguments: [CaptureFormat.pcap, .pcapng])
    func wholeRecords(format: CaptureFormat) {
        let encoder = CaptureEncoder(format: format, description: Self.description())
        var buffer: [UInt8] = []
        var ends: [Int] = [0]
        for length in [5, 0, 40, 3] {
            let bytes = Array(repeating: 1 as UInt8, count: length)
            encoder.appendPacket(timestamp: 7, originalCount: 50, bytes: bytes.span, to: &buffer)
            #expect(buffer.count == ends[ends.count - 1] + encoder.recordCount(packet: length))
            ends.append(buffer.count)
        }
        for limit in 0...buffer.count {
            let found = encoder.wholeRecords(in: buffer, limit: limit)
            let expected = ends.lastIndex { $0 <= limit } ?? 0
            #expect(found.records == expected, "limit \(limit)")
            #expect(found.byteCount == ends[expected], "limit \(limit)")
        }
    }

    private func option(_ code: UInt8, _ text: String) -> [UInt8] {
        let bytes = Array(text.utf8)
        return [code, 0, UInt8(bytes.count), 0] + bytes + Array(repeating: 0, count: -bytes.count & 3)
    }
}
