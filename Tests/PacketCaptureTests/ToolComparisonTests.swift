import Foundation
import Testing
import TestSupport

@testable import PacketCapture

/// What other programs say about the same files.
@Suite struct ToolComparisonTests {
    /// The lines a tool prints on standard output.
    static func lines(_ tool: String, _ arguments: [String]) throws -> [String] {
        try #require(ExternalProgram(tool)).run(arguments).lines
    }

    /// Traffic of both IP versions to the wanted port and others, some of it in fragments, one link type a file.
    static func packets(seed: UInt64) -> [[UInt8]] {
        var draws = Draws(seed: seed)
        var packets: [[UInt8]] = []
        for index in 0..<200 {
            var flow = draws.below(2) == 0 ? PacketBytes.Flow.ipv4 : .ipv6
            flow.sourcePort = 30_000 + index
            if draws.below(4) == 0 { flow.destinationPort = 9 }
            let udp = PacketBytes.udp(PacketBytes.text("m\(index):") + draws.bytes(draws.below(600)), flow)
            switch draws.below(5) {
            case 0: packets += draws.shuffled(PacketBytes.fragments(udp, flow, size: 96, id: index))
            case 1 where flow.isIPv6:
                packets.append(PacketBytes.ipv6(PacketBytes.extensionHeader(next: 17, units: 1) + udp, flow, next: 60))
            default: packets.append(flow.isIPv6 ? PacketBytes.ipv6(udp, flow) : PacketBytes.ipv4(udp, flow, id: index))
            }
        }
        return packets
    }

    static func files(seed: UInt64) -> [(name: String, bytes: [UInt8])] {
        let packets = packets(seed: seed)
        let links: [(UInt16, ([UInt8]) -> [UInt8])] = [
            (1, { PacketBytes.ethernet($0) }), (1, { PacketBytes.ethernet($0, tags: [0x88A8, 0x8100]) }),
            (113, { PacketBytes.cooked($0) }), (276, { PacketBytes.cooked2($0) }),
            (0, { PacketBytes.null($0, isBigEndian: false) }), (101, { $0 }),
        ]
        var files: [(String, [UInt8])] = []
        var mixed = PcapngBytes(.big)
        for (index, (link, wrap)) in links.enumerated() {
            var old = PcapBytes(index % 2 == 0 ? .little : .big, isNanoseconds: index % 3 == 0, link: UInt32(link))
            if index == 3 { mixed.section(.little) }
            mixed.interface(link: link, resolution: index % 2 == 0 ? 9 : nil)
            for (number, packet) in packets.enumerated() {
                // Apart in time, or the two cooked captures would be taken for duplicate captures.
                let time = 1_700_000_000_000_000_000 + Int64(index) * 10_000_000_000 + Int64(number) * 1_000_000
                old.add(wrap(packet), at: time)
                let ticks = UInt64(time) / (index % 2 == 0 ? 1 : 1000)
                mixed.packet(wrap(packet), interface: UInt32(index % 3), ticks: ticks)
            }
            files.append(("link type \(link), \(index)", old.bytes))
        }
        return files + [("pcapng of all", mixed.bytes)]
    }

    @Test(
        "tshark finds the same datagrams: time, source port and length",
        .enabled(if: ExternalProgram.isInstalled("tshark"), "tshark is not installed"), arguments: [1, 2] as [UInt64])
    func tshark(seed: UInt64) throws {
        for (name, bytes) in Self.files(seed: seed) {
            try TemporaryFile.with(bytes) { path in
                let fields = ["frame.number", "udp.srcport", "udp.length"].flatMap { ["-e", $0] }
                let theirs = try Self.lines(
                    "tshark", ["-r", path, "-Y", "udp.dstport == 8125", "-T", "fields"] + fields)
                let ours = ReadCapture(path: path).datagrams.map { datagram in
                    let port = datagram.source.split(separator: ":").last ?? ""
                    return "\(datagram.packetNumber)\t\(port)\t\(datagram.payload.count + 8)"
                }
                #expect(ours == theirs, "\(name), seed \(seed)")
                #expect(ours.count > 100, "\(name), seed \(seed)")
            }
        }
    }

    @Test(
        "tshark finds the same checksums wrong",
        .enabled(if: ExternalProgram.isInstalled("tshark"), "tshark is not installed"), arguments: [3, 4] as [UInt64])
    func wrongChecksums(seed: UInt64) throws {
        var draws = Draws(seed: seed)
        var file = PcapBytes()
        for index in 0..<200 {
            let flow = draws.below(2) == 0 ? PacketBytes.Flow.ipv4 : .ipv6
            let state = draws.below(3) == 0 ? PacketBytes.Checksum.wrong : .right
            let udp = PacketBytes.udp(draws.bytes(draws.below(600)), flow, checksum: state)
            let packet = flow.isIPv6 ? PacketBytes.ipv6(udp, flow) : PacketBytes.ipv4(udp, flow, id: index + 1)
            file.add(PacketBytes.ethernet(packet), at: Int64(index) * 1_000_000_000)
        }
        try TemporaryFile.with(file.bytes) { path in
            let theirs = try Self.lines(
                "tshark",
                ["-r", path, "-o", "udp.check_checksum:TRUE", "-Y", "udp.checksum.status == 1", "-T", "fields", "-e", "frame.number"])
            let ours = ReadCapture(path: path)
            #expect(ours.datagrams.map { "\($0.packetNumber)" } == theirs, "seed \(seed)")
            #expect(ours.notes.skipped.checksum > 20, "seed \(seed)")
        }
    }

    @Test(
        "tcpdump finds as many datagrams to the port where none is in fragments",
        .enabled(if: ExternalProgram.isInstalled("tcpdump"), "tcpdump is not installed"))
    func tcpdump() throws {
        let whole = Self.packets(seed: 9).filter { $0[0] >> 4 == 4 ? $0[6] & 0x3F == 0 && $0[7] == 0 : $0[6] == 17 }
        for order in [ByteOrder.little, .big] {
            for isNanoseconds in [false, true] {
                var file = PcapBytes(order, isNanoseconds: isNanoseconds)
                for packet in whole { file.add(PacketBytes.ethernet(packet)) }
                try TemporaryFile.with(file.bytes) { path in
                    let theirs = try Self.lines("tcpdump", ["-nn", "-r", path, "udp dst port 8125"])
                    let ours = ReadCapture(path: path)
                    #expect(ours.datagrams.count == theirs.count && theirs.count > 50)
                    #expect(ours.notes.skipped.otherPort == ours.notes.packets - ours.notes.datagrams)
                }
            }
        }
    }

    @Test(
        "capinfos counts the same packets and sees the same first and last time",
        .enabled(if: ExternalProgram.isInstalled("capinfos"), "capinfos is not installed"))
    func capinfos() throws {
        for (name, bytes) in Self.files(seed: 5) {
            try TemporaryFile.with(bytes) { path in
                // Tab-separated, no header, seconds: file, packets, first, last.
                let line = try #require(Self.lines("capinfos", ["-T", "-r", "-S", "-M", "-c", "-a", "-e", path]).first)
                let fields = line.split(separator: "\t").map(String.init)
                let notes = ReadCapture(path: path).notes
                #expect(fields.dropFirst().first == "\(notes.packets)", "\(name)")
                let times = fields.suffix(2).map { Double($0) ?? 0 }
                #expect(abs(times[0] - Double(try #require(notes.firstTimestamp)) / 1e9) < 1e-5, "\(name)")
                #expect(abs(times[1] - Double(try #require(notes.lastTimestamp)) / 1e9) < 1e-5, "\(name)")
            }
        }
    }
}
