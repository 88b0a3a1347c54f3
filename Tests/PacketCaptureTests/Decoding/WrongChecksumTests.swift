import Testing
import TestSupport

@testable import PacketCapture

/// Datagrams that no receiver accepts (RFC 1122, 3.2.1.2 and 4.1.3.4).
@Suite struct WrongChecksumTests {
    typealias Flow = PacketBytes.Flow

    static func read(_ packets: [[UInt8]], _ checksums: ReadingRules.Checksums = .verify, captured: Int? = nil) -> ReadCapture {
        var file = PcapBytes(link: 101)
        for (index, packet) in packets.enumerated() { file.add(packet, at: Int64(index + 1) * 1_000_000_000, captured: captured) }
        var rules = ReadingRules()
        rules.checksums = checksums
        let capture = ReadCapture(file.bytes, rules: rules)
        #expect(capture.error == nil && capture.alwaysAddedUp)
        return capture
    }

    static func packet(_ udp: [UInt8], _ flow: Flow) -> [UInt8] { flow.isIPv6 ? PacketBytes.ipv6(udp, flow) : PacketBytes.ipv4(udp, flow) }

    @Test("any bit flipped on the way is found, and the datagram left out", arguments: [Flow.ipv4, .ipv6], 0..<40 as Range<UInt64>)
    func flipped(flow: Flow, seed: UInt64) {
        var draws = Draws(seed: seed)
        let whole = Self.packet(PacketBytes.udp(draws.bytes(1 + draws.below(1400)), flow), flow)
        let start = flow.isIPv6 ? 40 : 20
        var broken = whole
        // Ports and length are judged before the checksum is.
        let place = start + 6 + draws.below(whole.count - start - 6)
        broken[place] ^= UInt8(1) << UInt8(draws.below(8))
        let hasSum = flow.isIPv6 || broken[start + 6] != 0 || broken[start + 7] != 0
        let capture = Self.read([whole, broken, whole])
        #expect(capture.datagrams.map(\.packetNumber) == (hasSum ? [1, 3] : [1, 2, 3]), "seed \(seed), byte \(place)")
        #expect(capture.notes.skipped.checksum == (hasSum ? 1 : 0) && capture.notes.wrongDatagrams == (hasSum ? 1 : 0))
        let all = Self.read([whole, broken, whole], .ignore)
        #expect(all.datagrams.count == 3 && all.notes.wrongDatagrams == (hasSum ? 1 : 0) && all.notes.skipped.total == 0)
    }

    @Test("what is left to the device is not wrong: partial sums, with and without the length, an IP checksum of 0")
    func offloaded() {
        let text = PacketBytes.text("a:1|c")
        var withoutLength = PacketBytes.udp(text)
        let flow = Flow.ipv4
        let sum = PacketBytes.sum(flow.source + flow.destination + [0, 0, 0, 17])
        (withoutLength[6], withoutLength[7]) = (UInt8(sum >> 8), UInt8(sum & 0xFF))
        var open = PacketBytes.ipv4(PacketBytes.udp(text))
        (open[10], open[11]) = (0, 0)
        let packets = [PacketBytes.ipv4(PacketBytes.udp(text, checksum: .offloaded)), PacketBytes.ipv4(withoutLength), open]
        let capture = Self.read(packets)
        #expect(capture.datagrams.count == 3 && capture.notes.wrongDatagrams == 0)
        #expect(capture.notes.offloadedUDPChecksums == 2 && capture.notes.badUDPChecksums == 2)
        #expect(capture.notes.offloadedIPChecksums == 1 && capture.notes.badIPChecksums == 1)
    }

    @Test("fragments of different datagrams that were joined are left out by their sum", arguments: [Flow.ipv4, .ipv6])
    func joined(flow: Flow) {
        let a = PacketBytes.fragments(PacketBytes.udp([UInt8](repeating: 65, count: 1600), flow), flow, size: 800, id: 5)
        let b = PacketBytes.fragments(PacketBytes.udp([UInt8](repeating: 66, count: 1600), flow), flow, size: 800, id: 5)
        let capture = Self.read([a[0], b[1], b[2]])
        #expect(capture.datagrams.isEmpty && capture.notes.skipped.checksum == 3)
        #expect(capture.notes.wrongDatagrams == 1 && capture.notes.wronglyJoined == 1 && capture.notes.fragmentsJoined == 0)
        #expect(Self.read([a[0], b[1], b[2]], .ignore).datagrams.count == 1)
        #expect(Self.read(a).datagrams.count == 1)
    }

    @Test("a fragment whose IP header is wrong is discarded before it is joined")
    func fragmentHeader() {
        let packets = PacketBytes.fragments(PacketBytes.udp([UInt8](repeating: 65, count: 1600)), size: 800, id: 5)
        var broken = packets
        broken[1][10] ^= 0x55
        let capture = Self.read(broken)
        #expect(capture.datagrams.isEmpty && capture.notes.skipped.checksum == 1 && capture.notes.skipped.fragment == 2)
        #expect(Self.read(broken, .ignore).datagrams.count == 1)
    }

    @Test("what the snap length cut cannot be judged")
    func truncated() {
        let wrong = PacketBytes.ipv4(PacketBytes.udp([UInt8](repeating: 65, count: 100), checksum: .wrong))
        let notes = Self.read([wrong], captured: wrong.count - 1).notes
        #expect(notes.skipped.truncated == 1 && notes.skipped.checksum == 0 && notes.wrongDatagrams == 0)
    }

    @Test("a wrong one does not stand in for the right one that another interface shows")
    func beforeDuplicates() {
        let text = PacketBytes.text("a:1|c")
        var frames: [(bytes: [UInt8], interface: UInt32, time: Int64)] = []
        for (index, checksum) in [PacketBytes.Checksum.wrong, .right, .offloaded].enumerated() {
            let packet = PacketBytes.ipv4(PacketBytes.udp(text, checksum: checksum))
            frames.append((PacketBytes.ethernet(packet), UInt32(index), Int64(index)))
        }
        let capture = DuplicateTests.read(frames: frames)
        #expect(capture.datagrams.map(\.packetNumber) == [2] && capture.notes.duplicateCaptures == 1)
    }

    @Test("senders of wrong ones are named with their counts, in bounded memory")
    func sources() {
        var packets: [[UInt8]] = []
        for index in 0..<200 {
            var flow = Flow.ipv4
            flow.source = [10, 0, 0, UInt8(index % 100)]
            flow.sourcePort = 20_000 + index
            packets.append(PacketBytes.ipv4(PacketBytes.udp([65], flow, checksum: .wrong), flow))
        }
        let notes = Self.read(packets).notes
        #expect(notes.wrongDatagrams == 200 && notes.wrongSources.count == CaptureNotes.wrongSourceLimit)
        #expect(notes.wrongSources.allSatisfy { $0.datagrams == 2 && $0.address.port == 0 })
    }

    @Test("a checksum that holds for the first part alone tells a super-packet; one that holds for nothing is wrong")
    func parts() throws {
        for size in [200, 999, 1472] {
            let payload = Draws.text(seed: UInt64(size), count: 4000)
            var udp = PacketBytes.udp(Array(payload.prefix(size))).prefix(8) + payload
            (udp[4], udp[5]) = (UInt8(4008 >> 8), UInt8(4008 & 0xFF))
            let capture = Self.read([PacketBytes.ipv4(Array(udp))])
            #expect(capture.datagrams.map(\.isSegmented) == [true] && capture.notes.wrongDatagrams == 0, "\(size)")
        }
        // Seeds whose wrong sum holds for no part by chance.
        let wrong = PacketBytes.ipv4(PacketBytes.udp(Draws.text(seed: 1, count: 4000), checksum: .wrong))
        #expect(Self.read([wrong]).notes.skipped.checksum == 1)
        let lines = PacketBytes.text("a:1|c\nb:22|c\nc:333|c")
        for (end, isSegmented) in [(6, true), (13, true), (7, false)] {
            var udp = Array(PacketBytes.udp(Array(lines.prefix(end))).prefix(8) + lines)
            (udp[4], udp[5]) = (0, UInt8(8 + lines.count))
            let capture = Self.read([PacketBytes.ipv4(udp)])
            #expect(capture.datagrams.map(\.isSegmented) == (isSegmented ? [true] : []), "the first \(end) bytes")
        }
        let small = PacketBytes.udp(PacketBytes.text("a:1|c")).prefix(8) + PacketBytes.text("a:1|cb:1|c")
        #expect(Self.read([PacketBytes.ipv4(PacketBytes.udp(Array(small.dropFirst(8)), checksum: .wrong))]).datagrams.isEmpty)
    }
}

extension Draws {
    /// Letters and digits.
    static func text(seed: UInt64, count: Int) -> [UInt8] {
        var draws = Draws(seed: seed)
        return (0..<count).map { _ in UInt8(48 + draws.below(43)) }
    }
}
