import Testing
import TestSupport

@testable import PacketCapture

/// Bytes that somebody broke, by chance or on purpose: an answer or an error, never a trap, a hang or a mountain of
/// memory. The tests end, which is most of what they say; the law holds for whatever was read.
@Suite struct HostileCaptureTests {
    struct Form: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var bytes: [UInt8]
    }

    /// One small capture in every format, byte order and link type, with fragments and extension headers inside.
    static let forms: [Form] = {
        var forms: [Form] = []
        let wrap: [(UInt16, @Sendable ([UInt8]) -> [UInt8])] = [
            (1, { PacketBytes.ethernet($0) }), (1, { PacketBytes.ethernet($0, tags: [0x88A8, 0x8100]) }),
            (113, { PacketBytes.cooked($0) }), (276, { PacketBytes.cooked2($0) }),
            (0, { PacketBytes.null($0, isBigEndian: false) }), (108, { PacketBytes.null($0, isBigEndian: true) }),
            (101, { $0 }),
        ]
        for order in [ByteOrder.little, .big] {
            for (link, wrapped) in wrap {
                var old = PcapBytes(order, isNanoseconds: order.isBig, link: UInt32(link))
                var new = PcapngBytes(order)
                new.interface(link: link, resolution: 9, offset: 1)
                for packet in packets {
                    old.add(wrapped(packet), at: 1_700_000_000_000_000_000)
                    new.packet(wrapped(packet), ticks: 1_700_000_000_000_000_000)
                }
                new.statistics(interfaceDrops: 1, kernelDrops: 2)
                new.simplePacket(wrapped(packets[0]))
                new.packet(wrapped(packets[0]), isObsolete: true)
                forms.append(
                    Form(testDescription: "pcap, \(order.testDescription), link type \(link)", bytes: old.bytes))
                forms.append(
                    Form(testDescription: "pcapng, \(order.testDescription), link type \(link)", bytes: new.bytes))
            }
        }
        return forms
    }()

    static let packets: [[UInt8]] = {
        let text = PacketBytes.text("http.requests:1|c|#env:prod")
        let chain = PacketBytes.extensionHeader(next: 60) + PacketBytes.extensionHeader(next: 17, units: 1)
        return [
            PacketBytes.ipv4(PacketBytes.udp(text)), PacketBytes.ipv6(chain + PacketBytes.udp(text, .ipv6), next: 0),
        ]
            + PacketBytes.fragments(PacketBytes.udp(text), size: 16, id: 5)
            + PacketBytes.fragments(PacketBytes.udp(text, .ipv6), .ipv6, size: 24, id: 6)
    }()

    /// Reads broken bytes and checks what must hold whatever they are.
    static func judge(_ bytes: [UInt8], _ what: @autoclosure () -> String) {
        let capture = ReadCapture(bytes)
        #expect(capture.alwaysAddedUp, "\(what())")
        #expect(capture.notes.packets <= UInt64(bytes.count / 16), "\(what())")
        guard let error = capture.error else { return }
        #expect(error.kind == .unusable && !error.reason.isEmpty, "\(what())")
        #expect(error.byteOffset <= UInt64(bytes.count), "\(what())")
        if let number = error.packetNumber { #expect(number == capture.notes.packets + 1, "\(what())") }
    }

    @Test("the captures themselves read without an error", arguments: forms)
    func unbroken(form: Form) {
        let capture = ReadCapture(form.bytes)
        #expect(capture.error == nil && capture.notes.skipped.total == 0)
        #expect(capture.datagrams.count >= 4 && Set(capture.texts).count == 1)
    }

    @Test("every cut gives a result or an error", arguments: forms)
    func cuts(form: Form) {
        for length in 0..<form.bytes.count { Self.judge(Array(form.bytes.prefix(length)), "\(form), cut at \(length)") }
    }

    @Test("flipped bits give a result or an error", arguments: forms, 0..<3 as Range<UInt64>)
    func flips(form: Form, seed: UInt64) {
        var draws = Draws(seed: seed)
        for round in 0..<150 {
            var bytes = form.bytes
            for _ in 0...draws.below(4) { bytes[draws.below(bytes.count)] ^= 1 << UInt8(draws.below(8)) }
            Self.judge(bytes, "\(form), seed \(seed), round \(round)")
        }
    }

    @Test("fields of extreme values give a result or an error", arguments: forms)
    func extremes(form: Form) {
        let values: [[UInt8]] = [
            [0, 0, 0, 0], [0xFF, 0xFF, 0xFF, 0xFF], [0x7F, 0xFF, 0xFF, 0xFF], [0xFF, 0xFF, 0xFF, 0x7F],
            [0x80, 0, 0, 0],
            [0, 0, 0, 0x80], [3, 0, 0, 0], [0, 0, 0, 3], [0, 0, 1, 0],
        ]
        for offset in stride(from: 0, to: form.bytes.count - 4, by: 4) {
            for value in values {
                var bytes = form.bytes
                bytes.replaceSubrange(offset..<offset + 4, with: value)
                Self.judge(bytes, "\(form), \(value) at \(offset)")
            }
        }
    }

    @Test("noise behind a right beginning gives a result or an error", arguments: 0..<200 as Range<UInt64>)
    func noise(seed: UInt64) {
        var draws = Draws(seed: seed)
        let form = Self.forms[draws.below(Self.forms.count)]
        let begin = draws.below(4) * 28
        Self.judge(Array(form.bytes.prefix(begin)) + draws.bytes(draws.below(3000)), "seed \(seed)")
    }

    @Test("noise inside a packet gives a datagram or a reason", arguments: 0..<30 as Range<UInt64>)
    func packetNoise(seed: UInt64) {
        var draws = Draws(seed: seed)
        let links: [UInt32] = [0, 1, 12, 101, 108, 113, 228, 229, 276, 9999]
        var file = PcapBytes(link: links[draws.below(links.count)])
        for _ in 0..<200 {
            var packet = Self.packets[draws.below(Self.packets.count)]
            if file.bytes[20] == 1 { packet = PacketBytes.ethernet(packet) }
            for _ in 0..<draws.below(6) { packet[draws.below(packet.count)] = UInt8(draws.below(256)) }
            file.add(
                packet + draws.bytes(draws.below(8)), captured: draws.below(4) == 0 ? draws.below(packet.count) : nil)
        }
        let capture = ReadCapture(file.bytes)
        #expect(capture.error == nil && capture.alwaysAddedUp && capture.notes.packets == 200, "seed \(seed)")
    }
}
