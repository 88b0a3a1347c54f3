import Testing
import TestSupport

@testable import PacketCapture

@Suite struct ReassemblyTests {
    typealias Flow = PacketBytes.Flow

    /// Reads packets without a link layer, at the given times.
    static func read(_ packets: [[UInt8]], times: [Int64]? = nil) -> ReadCapture {
        var file = PcapBytes(link: 101)
        for (index, packet) in packets.enumerated() { file.add(packet, at: times?[index] ?? 0) }
        let capture = ReadCapture(file.bytes)
        #expect(capture.error == nil && capture.alwaysAddedUp)
        return capture
    }

    static func udp(_ payload: [UInt8], _ flow: Flow) -> [UInt8] { PacketBytes.udp(payload, flow) }

    @Test(
        "fragments in any order give the datagram, with the last one's number and time", arguments: [Flow.ipv4, .ipv6],
        0..<20 as Range<UInt64>)
    func anyOrder(flow: Flow, seed: UInt64) throws {
        var draws = Draws(seed: seed)
        let payload = draws.bytes(1 + draws.below(9000))
        let size = 8 * (1 + draws.below(185))
        let packets = draws.shuffled(PacketBytes.fragments(Self.udp(payload, flow), flow, size: size, id: 9))
        let capture = Self.read(packets, times: packets.indices.map { Int64($0) * 1000 })
        let datagram = try #require(capture.datagrams.first, "seed \(seed)")
        #expect(capture.datagrams.count == 1 && datagram.payload == payload, "seed \(seed)")
        #expect(datagram.wasFragmented == (packets.count > 1) && !datagram.isSegmented, "seed \(seed)")
        #expect(datagram.packetNumber == UInt64(packets.count), "seed \(seed)")
        #expect(datagram.timestamp == Int64(packets.count - 1) * 1000, "seed \(seed)")
        #expect(capture.notes.fragmentsJoined == UInt64(packets.count - 1), "seed \(seed)")
        #expect(capture.notes.skipped.total == 0 && capture.notes.badUDPChecksums == 0, "seed \(seed)")
    }

    @Test(
        "datagrams whose fragments are mixed keep apart by address and identification",
        arguments: 0..<10 as Range<UInt64>)
    func mixed(seed: UInt64) {
        var draws = Draws(seed: seed)
        var packets: [[UInt8]] = []
        var payloads: [[UInt8]] = []
        for index in 0..<30 {
            var flow = index % 2 == 0 ? Flow.ipv4 : Flow.ipv6
            flow.source[3] = UInt8(index % 5)
            let payload = draws.bytes(100 + draws.below(2000))
            payloads.append(payload)
            packets += PacketBytes.fragments(Self.udp(payload, flow), flow, size: 256, id: index / 10)
        }
        let capture = Self.read(draws.shuffled(packets))
        let sorted: ([[UInt8]]) -> [[UInt8]] = { $0.sorted { $0.lexicographicallyPrecedes($1) } }
        #expect(sorted(capture.datagrams.map(\.payload)) == sorted(payloads), "seed \(seed)")
    }

    @Test("a repeated fragment is left out and counted; the datagram is given once")
    func repeated() {
        let payload = [UInt8](repeating: 65, count: 1000)
        var packets = PacketBytes.fragments(Self.udp(payload, .ipv4), size: 400, id: 1)
        packets.insert(packets[1], at: 2)
        packets.insert(packets[0], at: 1)
        let capture = Self.read(packets)
        #expect(capture.datagrams.map(\.payload) == [payload])
        #expect(capture.notes.skipped.fragment == 0 && capture.notes.repeatedFragments == 2 && capture.notes.fragmentsJoined == 2)
        #expect(capture.notes.refusedReassemblies == 0)
    }

    @Test("a copy of a fragment that comes after its datagram was whole is no fragment without one", arguments: [Flow.ipv4, .ipv6])
    func lateCopies(flow: Flow) {
        let first = [UInt8](repeating: 65, count: 1000)
        let packets = PacketBytes.fragments(Self.udp(first, flow), flow, size: 400, id: 1)
        let capture = Self.read(packets + [packets[2], packets[0], packets[0]])
        #expect(capture.datagrams.map(\.payload) == [first])
        #expect(capture.notes.skipped.fragment == 0 && capture.notes.repeatedFragments == 3)
        // Given up by time, it is counted the same.
        let second: Int64 = 1_000_000_000
        let other = PacketBytes.fragments(Self.udp(first, flow), flow, size: 400, id: 2)
        let times = packets.map { _ in second } + [second] + other.map { _ in 40 * second }
        let late = Self.read(packets + [packets[1]] + other, times: times)
        #expect(late.datagrams.count == 2)
        #expect(late.notes.skipped.fragment == 0 && late.notes.repeatedFragments == 1)
    }

    @Test("a new datagram under an identification used before is its own, and one that stays in pieces is named")
    func reusedIdentification() {
        let first = PacketBytes.fragments(Self.udp([UInt8](repeating: 65, count: 1000), .ipv4), size: 400, id: 1)
        let second = PacketBytes.fragments(Self.udp([UInt8](repeating: 66, count: 1000), .ipv4), size: 400, id: 1)
        let whole = Self.read(first + second)
        #expect(whole.datagrams.count == 2 && whole.notes.skipped.fragment == 0 && whole.notes.repeatedFragments == 0)
        // The same text twice under one number: said twice, sent twice.
        #expect(Self.read(first + first).datagrams.count == 2)
        let broken = Self.read(first + [first[0], second[1]])
        #expect(broken.datagrams.count == 1 && broken.notes.skipped.fragment == 2)
    }

    @Test("overlapping or contradicting fragments refuse the whole datagram, its later fragments too", arguments: 0..<6)
    func overlaps(kind: Int) {
        let whole = Self.udp([UInt8](repeating: 65, count: 792), .ipv4)
        let fragment: (Range<Int>, Bool) -> [UInt8] = { range, more in
            PacketBytes.fragment(Array(whole[range]), offset: range.lowerBound, more: more, id: 1)
        }
        let first = fragment(0..<400, true)
        let last = fragment(400..<800, false)
        var other = first
        other[60] ^= 1
        let intruder =
            switch kind {
            case 0: fragment(392..<400, true)
            case 1: fragment(0..<408, true)
            case 2: fragment(8..<16, true)
            // The same place with other bytes; an end before what is there; a second end.
            case 3: other
            case 4: fragment(200..<392, false)
            default: fragment(600..<700, false)
            }
        let capture = Self.read(kind == 5 ? [last, intruder, first] : [first, intruder, last])
        #expect(capture.datagrams.isEmpty)
        #expect(capture.notes.skipped.fragment == 3 && capture.notes.refusedReassemblies == 1)
    }

    @Test("a fragment beyond the end that is known refuses the datagram")
    func beyondEnd() {
        let last = PacketBytes.fragment([UInt8](repeating: 1, count: 8), offset: 400, more: false, id: 1)
        let beyond = PacketBytes.fragment([UInt8](repeating: 1, count: 8), offset: 408, more: true, id: 1)
        #expect(Self.read([last, beyond]).notes.refusedReassemblies == 1)
        #expect(Self.read([beyond, last]).notes.refusedReassemblies == 1)
    }

    @Test("fragments that can belong to no datagram are malformed")
    func impossible() {
        let packets = [
            PacketBytes.fragment([1, 2, 3], offset: 0, more: true, id: 1),
            PacketBytes.fragment([], offset: 8, more: false, id: 2),
            PacketBytes.fragment([UInt8](repeating: 0, count: 100), offset: 65_528, more: false, id: 3),
            PacketBytes.fragment([1, 2, 3], .ipv6, offset: 0, more: true, id: 1),
        ]
        let notes = Self.read(packets).notes
        #expect(notes.skipped.malformed == 4 && notes.skipped.fragment == 0)
    }

    @Test("a cut fragment is truncated, and its datagram never becomes whole")
    func cut() {
        let packets = PacketBytes.fragments(Self.udp([UInt8](repeating: 1, count: 800), .ipv4), size: 400, id: 1)
        var file = PcapBytes(link: 101)
        file.add(packets[0], captured: 300)
        for packet in packets.dropFirst() { file.add(packet) }
        let notes = ReadCapture(file.bytes).notes
        #expect(notes.skipped.truncated == 1 && notes.skipped.fragment == UInt64(packets.count - 1))
    }

    @Test("30 s after its first fragment a datagram is given up, and not a nanosecond before")
    func timeout() {
        let packets = PacketBytes.fragments(Self.udp([UInt8](repeating: 1, count: 400), .ipv4), size: 208, id: 1)
        #expect(packets.count == 2)
        let second: Int64 = 1_000_000_000
        #expect(Self.read(packets, times: [second, 31 * second]).datagrams.count == 1)
        let late = Self.read(packets, times: [second, 31 * second + 1000])
        #expect(late.datagrams.isEmpty && late.notes.skipped.fragment == 2)
        let again = Self.read([packets[0], packets[0], packets[1]], times: [second, 32 * second, 33 * second])
        #expect(again.datagrams.count == 1 && again.notes.skipped.fragment == 1)
    }

    @Test("1024 datagrams wait; one more gives up the oldest")
    func mostDatagrams() {
        let whole = Self.udp([UInt8](repeating: 1, count: 400), .ipv4)
        let pairs = (0...1024).map { PacketBytes.fragments(whole, size: 208, id: $0) }
        let firsts = pairs.map { $0[0] }
        #expect(Self.read(firsts.dropLast() + [pairs[0][1]]).datagrams.count == 1)
        let over = Self.read(firsts + [pairs[0][1], pairs[1024][1], pairs[500][1]])
        #expect(over.datagrams.count == 2)
        #expect(over.notes.skipped.fragment == UInt64(1025 + 1 - 2))
    }

    @Test("8 MiB wait; far fragments count for all that they reach over")
    func mostBytes() throws {
        let far = (0..<200).map {
            PacketBytes.fragment([UInt8](repeating: 1, count: 8), offset: 65_520, more: true, id: $0)
        }
        let near = (0..<200).map {
            PacketBytes.fragment([UInt8](repeating: 1, count: 65_512), offset: 0, more: true, id: $0)
        }
        let capture = Self.read(far + near)
        #expect(capture.notes.skipped.fragment == 400 && capture.datagrams.isEmpty)
        var reassembly = Reassembly()
        for packet in far {
            let link = try LinkHeader(.raw, unsafe packet.span.bytes, wire: packet.count)
            let ip = try IPHeader(unsafe packet.span.bytes, link, wire: packet.count)
            let answer = try reassembly.add(packet.span, ip, at: 0)
            #expect(answer == .held && reassembly.heldBytes <= 8 << 20)
        }
        #expect(reassembly.heldBytes > 7 << 20)
    }

    @Test("one that waits long loses nothing to thousands that become whole behind it")
    func longWait() {
        let whole = Self.udp([UInt8](repeating: 1, count: 400), .ipv4)
        let slow = PacketBytes.fragments(whole, size: 208, id: 60_000)
        var packets = [slow[0]]
        for id in 0..<5000 { packets += PacketBytes.fragments(whole, size: 208, id: id) }
        let capture = Self.read(packets + [slow[1]])
        #expect(capture.datagrams.count == 5001 && capture.notes.skipped.total == 0)
    }

    @Test("a whole datagram of another port or a broken one counts all its packets there")
    func wholeButUnwanted() {
        var flow = Flow.ipv4
        flow.destinationPort = 53
        let other = PacketBytes.fragments(Self.udp([UInt8](repeating: 1, count: 800), flow), size: 400, id: 1)
        #expect(Self.read(other).notes.skipped.otherPort == UInt64(other.count))
        let broken = PacketBytes.udp([UInt8](repeating: 1, count: 800), length: 900)
        let fragments = PacketBytes.fragments(broken, size: 400, id: 1)
        #expect(Self.read(fragments).notes.skipped.malformed == UInt64(fragments.count))
    }

    @Test("extension headers may stand before the fragment header and inside the fragmented part")
    func extensions() {
        let payload = [UInt8](repeating: 66, count: 600)
        let inside = PacketBytes.extensionHeader(next: 17) + Self.udp(payload, .ipv6)
        let packets = stride(from: 0, to: inside.count, by: 304).map { offset in
            let end = min(offset + 304, inside.count)
            let header = PacketBytes.fragmentHeader(next: 60, offset: offset, more: end < inside.count, id: 5)
            return PacketBytes.ipv6(
                PacketBytes.extensionHeader(next: 44) + header + inside[offset..<end], next: 0)
        }
        let capture = Self.read(packets)
        #expect(capture.datagrams.map(\.payload) == [payload] && capture.notes.badUDPChecksums == 0)
        let invalid = PacketBytes.ipv6(
            PacketBytes.fragmentHeader(next: 6, offset: 0, more: true, id: 5) + inside[..<8], next: 44)
        #expect(Self.read([invalid]).notes.skipped.notUDP == 1)
    }
}
