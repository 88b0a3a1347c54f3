import Foundation
import Testing
import TestSupport

@testable import PacketCapture

@Suite struct DatagramReaderTests {
    /// A capture of everything at once: links, fragments, repeats, overlaps, cuts, other ports, noise.
    static func everything(seed: UInt64) -> [UInt8] {
        var draws = Draws(seed: seed)
        var file = PcapngBytes(draws.below(2) == 0 ? .little : .big)
        let links: [UInt16] = [1, 113, 276, 101, 0, 147]
        for link in links { file.interface(link: link, resolution: 9) }
        var waiting: [[UInt8]] = []
        for index in 0..<300 {
            var flow = draws.below(2) == 0 ? PacketBytes.Flow.ipv4 : .ipv6
            if draws.below(5) == 0 { flow.destinationPort = 53 }
            let udp = PacketBytes.udp(draws.bytes(draws.below(900)), flow)
            var packet = flow.isIPv6 ? PacketBytes.ipv6(udp, flow) : PacketBytes.ipv4(udp, flow)
            switch draws.below(6) {
            case 0: waiting = draws.shuffled(waiting + PacketBytes.fragments(udp, flow, size: 200, id: draws.below(8)))
            case 1: packet = draws.bytes(draws.below(120))
            default: break
            }
            if let fragment = waiting.last, draws.below(3) > 0 {
                packet = fragment
                if draws.below(4) > 0 { waiting.removeLast() }
            }
            if packet.isEmpty { packet = [0] }
            let number = draws.below(links.count)
            let frame =
                switch links[number] {
                case 1: PacketBytes.ethernet(packet, tags: draws.below(2) == 0 ? [] : [0x8100])
                case 113: PacketBytes.cooked(packet, packetType: draws.below(2) * 4)
                case 276: PacketBytes.cooked2(packet, interface: draws.below(2))
                case 0: PacketBytes.null(packet, isBigEndian: false)
                default: packet
                }
            let captured = draws.below(8) == 0 ? draws.below(frame.count + 1) : frame.count
            file.packet(frame, interface: UInt32(number), ticks: UInt64(index * 100), captured: captured)
        }
        return file.bytes
    }

    @Test("every packet is in exactly one place, after every datagram", arguments: 0..<40 as Range<UInt64>)
    func law(seed: UInt64) {
        let capture = ReadCapture(Self.everything(seed: seed))
        #expect(capture.error == nil && capture.alwaysAddedUp, "seed \(seed)")
        #expect(capture.notes.packets == 300, "seed \(seed)")
        #expect(
            capture.notes.datagrams == UInt64(capture.datagrams.count) && capture.datagrams.count > 20, "seed \(seed)")
        let skipped = capture.notes.skipped
        #expect(skipped.truncated > 0 && skipped.notUDP > 0 && skipped.otherPort > 0, "seed \(seed)")
    }

    @Test("a file, and a pipe that gives it in small bites, read as the bytes in memory do")
    func sources() throws {
        let bytes = Self.everything(seed: 77)
        let expected = ReadCapture(bytes)
        try TemporaryFile.with(bytes) { path in
            let capture = ReadCapture(path: path)
            #expect(capture.datagrams == expected.datagrams && capture.notes == expected.notes)
        }
        let piped = try TemporaryFile.withPipe(bytes, bite: 100) { ReadCapture(path: $0) }
        #expect(piped.datagrams == expected.datagrams && piped.notes == expected.notes)
    }

    @Test("a file of many windows reads to its end, with records across every border")
    func manyWindows() throws {
        var file = PcapBytes()
        var draws = Draws(seed: 3)
        var payloads: [[UInt8]] = []
        for index in 0..<200 {
            let payload = [UInt8](repeating: UInt8(index), count: draws.below(65_000))
            payloads.append(payload)
            file.add(PacketBytes.ethernet(PacketBytes.ipv4(PacketBytes.udp(payload, checksum: .none))))
        }
        #expect(file.bytes.count > 3 * InputWindow.chunk)
        try TemporaryFile.with(file.bytes) { path in
            let capture = ReadCapture(path: path)
            #expect(capture.error == nil && capture.datagrams.map(\.payload) == payloads)
        }
    }

    @Test("a block longer than the window widens it, and the next ones are read on")
    func longBlock() throws {
        var file = PcapngBytes()
        file.interface()
        file.block(99, [UInt8](repeating: 1, count: 5 << 20))
        file.packet(PcapParserTests.packet)
        try TemporaryFile.with(file.bytes) { #expect(ReadCapture(path: $0).texts == ["a:1|c"]) }
        let cut = Array(file.bytes.prefix(3 << 20))
        try TemporaryFile.with(cut) { path in
            let error = try #require(ReadCapture(path: path).error)
            #expect(error.reason.contains("needs \((5 << 20) + 12) bytes"))
        }
    }

    @Test("steps of the clock are counted with the largest, and times are the first and the last packet's")
    func clock() {
        var file = PcapBytes(isNanoseconds: true)
        for time in [50, 60, 60, 40, 70, 10, 20] as [Int64] { file.add(PcapParserTests.packet, at: time) }
        let notes = ReadCapture(file.bytes).notes
        #expect(notes.clockStepsBack == 2 && notes.largestStepBack == 60)
        #expect(notes.firstTimestamp == 50 && notes.lastTimestamp == 20)
    }

    @Test("a missing file, a folder and an empty file are distinguished")
    func openErrors() throws {
        try TemporaryFile.with([]) { path in
            #expect(ReadCapture(path: path).error?.reason == "the file is empty")
            let missing = try #require(ReadCapture(path: path + ".none").error)
            #expect(missing.kind == .missing && missing.file == path + ".none")
            let below = try #require(ReadCapture(path: path + "/none").error)
            #expect(below.kind == .missing)
        }
        let folder = try #require(ReadCapture(path: "/").error)
        #expect(folder.kind == .unusable && folder.reason.contains("folder"))
    }

    @Test(
        "a file that may not be read says so",
        .enabled(if: geteuid() != 0, "root may read every file"))
    func permission() throws {
        try TemporaryFile.with([1, 2, 3, 4]) { path in
            try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: path)
            let error = try #require(ReadCapture(path: path).error)
            #expect(error.kind == .notPermitted && error.file == path)
        }
    }

    @Test("before the first datagram and after the last the payload is there to ask for")
    func payloads() throws {
        var file = PcapBytes()
        file.add(PcapParserTests.packet)
        var reader = try DatagramReader(bytes: file.bytes, name: "one")
        #expect(reader.withPayload { $0.count } == 0)
        #expect(try reader.next()?.payloadCount == 5)
        #expect(reader.withPayload { $0.count } == 5)
        #expect(try reader.next() == nil)
        #expect(reader.notes.datagrams == 1)
    }
}
