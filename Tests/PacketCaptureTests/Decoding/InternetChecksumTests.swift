import Testing
import TestSupport

@testable import PacketCapture

@Suite struct InternetChecksumTests {
    @Test(
        "the sum eight bytes a step is the sum word by word, at every length and place",
        arguments: 0..<8 as Range<UInt64>)
    func sums(seed: UInt64) {
        var draws = Draws(seed: seed)
        for count in 0..<70 {
            // Runs of 0xFF are where carries are lost.
            let bytes = draws.bytes(count + 9).map { seed % 2 == 0 ? $0 : $0 | 0xF0 }
            for lower in 0..<9 {
                let sum = unsafe InternetChecksum.sum(bytes.span.bytes, lower, lower + count)
                let plain = PacketBytes.sum(Array(bytes[lower..<lower + count]))
                #expect(Int(InternetChecksum.fold(sum)) == plain, "seed \(seed), \(count) bytes from \(lower)")
            }
        }
    }

    @Test(
        "folding keeps every carry",
        arguments: [0, 0xFFFF, 0x1_0000, 0x1_FFFF, 0xFFFF_FFFF, 0x1_0000_FFFF, .max] as [UInt64])
    func fold(sum: UInt64) {
        let contentAdjustment = InternetChecksum.fold(sum)
        #expect(UInt64(contentAdjustment) % 0xFFFF == sum % 0xFFFF)
        #expect((contentAdjustment == 0) == (sum == 0))
    }

    @Test("each state of a UDP checksum is distinguished", arguments: [PacketBytes.Flow.ipv4, .ipv6])
    func states(flow: PacketBytes.Flow) {
        for count in [0, 1, 2, 7, 8, 9, 100, 1471] {
            var draws = Draws(seed: UInt64(count))
            let payload = draws.bytes(count)
            for (state, bad, offloaded) in [
                (PacketBytes.Checksum.right, 0, 0), (.none, flow.isIPv6 ? 1 : 0, 0), (.offloaded, 1, 1), (.wrong, 1, 0),
            ] {
                let udp = PacketBytes.udp(payload, flow, checksum: state)
                var file = PcapBytes()
                file.add(PacketBytes.ethernet(flow.isIPv6 ? PacketBytes.ipv6(udp, flow) : PacketBytes.ipv4(udp, flow)))
                let notes = ReadCapture(file.bytes).notes
                #expect(notes.datagrams == (bad > offloaded ? 0 : 1) && notes.skipped.checksum == UInt64(bad - offloaded))
                #expect(notes.badUDPChecksums == UInt64(bad), "\(state), \(count) bytes")
                #expect(notes.offloadedUDPChecksums == UInt64(offloaded), "\(state), \(count) bytes")
            }
        }
    }

    @Test("a datagram with a bad IP header checksum is counted and left out, or given where checksums are ignored")
    func header() {
        var file = PcapBytes()
        let udp = PacketBytes.udp(PacketBytes.text("a:1|c"))
        file.add(PacketBytes.ethernet(PacketBytes.ipv4(udp, hasBadChecksum: true)))
        file.add(PacketBytes.ethernet(PacketBytes.ipv4(udp, options: [7, 7, 4, 0, 0, 0, 0, 0])))
        let capture = ReadCapture(file.bytes)
        #expect(capture.texts == ["a:1|c"] && capture.notes.badIPChecksums == 1 && capture.notes.skipped.checksum == 1)
        var rules = ReadingRules()
        rules.checksums = .ignore
        let all = ReadCapture(file.bytes, rules: rules)
        #expect(all.texts == ["a:1|c", "a:1|c"] && all.notes.badIPChecksums == 1 && all.notes.wrongDatagrams == 1)
    }
}
