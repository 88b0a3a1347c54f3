import Foundation
import Testing
import TestSupport

@testable import PacketCapture

/// Datagrams written as packets, and read again.
@Suite struct DatagramFrameTests {
    static let endpoints: [(Endpoint, Endpoint)] = [
        (
            Endpoint(isIPv6: false, high: 0, low: 0xC000_0201, port: 40_000),
            Endpoint(isIPv6: false, high: 0, low: 0x7F00_0001, port: 8125)
        ),
        (
            Endpoint(isIPv6: true, high: 0x2001_0DB8_0000_0001, low: 0xFFFF_FFFF_0000_0009, port: 65_535),
            Endpoint(isIPv6: true, high: 0xFD00_0000_0000_0000, low: 1, port: 8125)
        ),
    ]

    static func file(_ datagrams: [(time: Int64, flow: Int, payload: [UInt8])], comment: String = "") -> [UInt8] {
        let encoder = CaptureEncoder(
            format: .pcapng,
            description: CaptureDescription(
                linkType: DatagramFrame.linkType, snapLength: 0, hasNanoseconds: true, interface: "test", comment: comment))
        var bytes: [UInt8] = []
        encoder.appendHeader(to: &bytes)
        for datagram in datagrams {
            // Behind other bytes, as in a buffer that holds more than this packet.
            var frame: [UInt8] = [1, 2, 3]
            DatagramFrame.append(
                from: endpoints[datagram.flow].0, to: endpoints[datagram.flow].1, payload: datagram.payload.span, into: &frame)
            frame.removeFirst(3)
            encoder.appendPacket(timestamp: datagram.time, originalCount: UInt32(frame.count), bytes: frame.span, to: &bytes)
        }
        return bytes
    }

    static func datagrams(seed: UInt64) -> [(time: Int64, flow: Int, payload: [UInt8])] {
        var draws = Draws(seed: seed)
        return (0..<60).map { index in
            (1_700_000_000_000_000_000 + Int64(index) * 1_000_003, draws.below(2), draws.bytes(draws.below(index < 50 ? 40 : 9000)))
        }
    }

    @Test("what is written is read again, checksums and all", arguments: 1...20 as ClosedRange<UInt64>)
    func roundTrip(seed: UInt64) {
        let datagrams = Self.datagrams(seed: seed)
        let read = ReadCapture(Self.file(datagrams))
        #expect(read.error == nil && read.datagrams.count == datagrams.count, "seed \(seed)")
        for (found, written) in zip(read.datagrams, datagrams) {
            #expect(found.payload == written.payload && found.timestamp == written.time, "seed \(seed)")
            #expect(found.source == "\(Self.endpoints[written.flow].0)", "seed \(seed)")
            #expect(found.destination == "\(Self.endpoints[written.flow].1)", "seed \(seed)")
        }
        #expect(read.notes.badIPChecksums == 0 && read.notes.badUDPChecksums == 0, "seed \(seed)")
    }

    @Test("lengths up to what the fields can say, and beyond", arguments: [0, 1, 65_507, 65_508, 65_527, 65_528, 100_000], [0, 1])
    func lengths(count: Int, flow: Int) {
        let payload = (0..<count).map { UInt8(truncatingIfNeeded: $0 * 7) }
        let read = ReadCapture(Self.file([(5, flow, payload)]))
        #expect(read.datagrams.first?.payload == payload && read.error == nil)
        #expect(read.notes.badIPChecksums == 0 && read.notes.badUDPChecksums == 0)
    }

    @Test("a checksum that comes to zero is sent as its other form, since zero says that there is none")
    func zeroChecksum() {
        for first in 0...255 as ClosedRange<UInt8> {
            // Of the 65536 payloads of two bytes one for each flow comes to zero.
            for second in 0...255 as ClosedRange<UInt8> {
                var frame: [UInt8] = []
                DatagramFrame.append(
                    from: Self.endpoints[0].0, to: Self.endpoints[0].1, payload: [first, second].span, into: &frame)
                if frame[26] == 0, frame[27] == 0 { Issue.record("payload \(first) \(second) has no checksum") }
            }
        }
    }

    @Test("a comment stands in the section header", arguments: ["", "a", "four", "three words here: ä"])
    func comment(text: String) {
        let bytes = Self.file([(5, 0, Array("a:1|c".utf8))], comment: text)
        #expect(ReadCapture(bytes).texts == ["a:1|c"])
        // Section header: type 4, length 4, magic 4, version 4, section length 8, then options.
        let code = UInt16(bytes[24]) | UInt16(bytes[25]) << 8
        let count = Int(bytes[26]) | Int(bytes[27]) << 8
        if text.isEmpty {
            #expect(code != 1)
        } else {
            #expect(code == 1 && Array(bytes[28..<28 + count]) == Array(text.utf8))
        }
    }

    @Test("tshark reads the same and finds every checksum right", .enabled(if: ExternalProgram.isInstalled("tshark"), "needs tshark"))
    func judged() throws {
        let datagrams = Self.datagrams(seed: 77).filter { !$0.payload.isEmpty }
        try TemporaryFile.with(Self.file(datagrams, comment: "judged")) { path in
            let lines = try ToolComparisonTests.lines(
                "tshark",
                [
                    "-r", path, "-o", "udp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE", "-T", "fields", "-e", "udp.checksum.status",
                    "-e", "udp.payload",
                ])
            #expect(lines.count == datagrams.count)
            for (line, datagram) in zip(lines, datagrams) {
                let hex = datagram.payload.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
                #expect(line == "1\t\(hex)")
            }
        }
    }
}
