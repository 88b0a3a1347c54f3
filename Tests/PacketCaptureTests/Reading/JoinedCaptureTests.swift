import Testing

@testable import PacketCapture

@Suite("Captures joined by cat") struct JoinedCaptureTests {
    private static func pcap(_ order: ByteOrder, isNanoseconds: Bool) -> [UInt8] {
        var file = PcapBytes(order, isNanoseconds: isNanoseconds)
        file.add(PacketBytes.ethernet(TunnelBytes.inner("a:1|c")), at: 1_700_000_000_000_000_000)
        return file.bytes
    }

    private static func pcapng(_ order: ByteOrder) -> [UInt8] {
        var file = PcapngBytes(order)
        file.interface()
        file.packet(PacketBytes.ethernet(TunnelBytes.inner("a:1|c")), ticks: 1_700_000_000_000_000)
        return file.bytes
    }

    private struct File: Sendable {
        var name: String
        var isPcap = true
        var bytes: [UInt8]
    }

    private static let files: [File] = [ByteOrder.little, .big].flatMap { order -> [File] in
        [
            File(name: "pcap", bytes: pcap(order, isNanoseconds: false)),
            File(name: "pcap in nanoseconds", bytes: pcap(order, isNanoseconds: true)),
            File(name: "pcapng", isPcap: false, bytes: pcapng(order)),
        ]
    }

    @Test("each behind each: named with packet and byte, but for pcapng behind pcapng, which are two sections")
    func pairs() throws {
        for first in Self.files {
            for second in Self.files {
                let capture = ReadCapture(first.bytes + second.bytes)
                guard first.isPcap || second.isPcap else {
                    // Each section has an interface of its own, and both show the same datagram.
                    #expect(capture.error == nil && capture.notes.packets == 2 && capture.notes.duplicateCaptures == 1)
                    continue
                }
                let error = try #require(capture.error, "\(first.name) + \(second.name)")
                #expect(error.packetNumber == 2 && error.byteOffset == UInt64(first.bytes.count), "\(first.name) + \(second.name): \(error)")
                #expect(error.reason.contains("another capture's header (\(second.isPcap ? "pcap" : "pcapng"))"), "\(error)")
                #expect(error.reason.contains("head -c \(first.bytes.count)") && error.saysWhatToDo)
                #expect(capture.datagrams.count == 1)
            }
        }
    }

    @Test("a packet at the second that a magic number spells is a packet", arguments: [0xA1B2_C3D4, 0x4D3C_B2A1] as [Int64])
    func coincidence(second: Int64) {
        var file = PcapBytes()
        file.add(PacketBytes.ethernet(TunnelBytes.inner("a:1|c")), at: second * 1_000_000_000 + 262_146_000)
        let capture = ReadCapture(file.bytes)
        #expect(capture.error == nil && capture.datagrams.count == 1)
    }
}
