import StatsModel
import StatsWire
import Testing
import TestSupport

struct PacketHeaderTests {
    static let packet = Packets.packet(payload: EventDecoderPacketTests.good, .binary, eventCount: 1)

    static func fault(_ bytes: [UInt8]) -> PacketFault? {
        do throws(PacketFault) {
            _ = try PacketHeader(decoding: bytes.span)
            return nil
        } catch {
            return error
        }
    }

    @Test("the header lies as the design says, to the byte")
    func layout() throws {
        var builder = PacketBuilder(maximumSize: 1472, codec: .binary)
        builder.begin(timestamp: 0x1122_3344_5566_7788)
        var event = SampleEvent(.counter, "x", 1)
        event.timestamp = 0x1122_3344_5566_7788
        #expect(event.append(to: &builder) == .appended)
        #expect(builder.seal(session: 0x0102_0304_0506_0708, sequence: 0x090A_0B0C_0D0E_0F10) == 56)
        let bytes = Packets.bytes(of: builder)
        #expect(Array(bytes[0..<4]) == Array("SRP1".utf8))
        #expect(bytes[4] == 0 && bytes[5] == 1)
        #expect(Array(bytes[6..<8]) == [1, 0])
        #expect(Array(bytes[8..<16]) == [8, 7, 6, 5, 4, 3, 2, 1])
        #expect(Array(bytes[16..<24]) == [0x10, 0x0F, 0x0E, 0x0D, 0x0C, 0x0B, 0x0A, 0x09])
        #expect(Array(bytes[24..<32]) == [0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11])
        #expect(Array(bytes[32..<34]) == [16, 0])
        #expect(Array(bytes[34..<36]) == [0, 0])
        var zeroed = bytes
        zeroed.replaceSubrange(36..<40, with: [0, 0, 0, 0])
        #expect(Array(bytes[36..<40]) == Packets.little(UInt64(ChecksumTests.bitwise(zeroed)), 4))
        #expect(Array(bytes[40...]) == EventDecoderPacketTests.good)

        let header = try PacketHeader(decoding: bytes.span)
        #expect(
            header == PacketHeader(
                kind: .data, codec: .binary, eventCount: 1, session: 0x0102_0304_0506_0708, sequence: 0x090A_0B0C_0D0E_0F10,
                timestamp: 0x1122_3344_5566_7788, payloadLength: 16))
        #expect(PacketHeader(unverified: bytes.span) == header)
        #expect(PacketKind.allCases.map(\.rawValue) == [0, 1, 2, 3, 4])
        #expect(PacketCodec.allCases.map(\.rawValue) == [0, 1, 2, 3, 4])
    }

    @Test("each fault carries its arithmetic, and a sentence")
    func faults() {
        let packet = Self.packet
        var magic = packet
        magic[3] = UInt8(ascii: "2")
        var kind = packet
        kind[4] = 5
        var codec = packet
        codec[5] = 0xEE
        var length = packet
        length[33] = 1
        let stated = UInt32(packet[36]) | UInt32(packet[37]) << 8 | UInt32(packet[38]) << 16 | UInt32(packet[39]) << 24
        var payload = packet
        payload[40] ^= 1
        var zeroed = payload
        zeroed.replaceSubrange(36..<40, with: [0, 0, 0, 0])
        let computed = ChecksumTests.bitwise(zeroed)
        let table: [([UInt8], PacketFault, String)] = [
            ([], .truncated(needed: 40, available: 0), "truncated"),
            (Array(packet.prefix(39)), .truncated(needed: 40, available: 39), "truncated"),
            (magic, .badMagic, "bad_magic"),
            (kind, .unknownKind(5), "unknown_kind"),
            (codec, .unknownCodec(0xEE), "unknown_codec"),
            (length, .lengthMismatch(stated: 40 + 16 + 256, available: 56), "length_mismatch"),
            (Array(packet.prefix(50)), .lengthMismatch(stated: 56, available: 50), "length_mismatch"),
            (packet + [0], .lengthMismatch(stated: 56, available: 57), "length_mismatch"),
            (payload, .checksum(stated: stated, computed: computed), "checksum"),
        ]
        for (bytes, fault, name) in table {
            #expect(Self.fault(bytes) == fault)
            #expect(fault.name == name)
        }
        #expect(Self.fault(packet) == nil)
        #expect("\(PacketFault.truncated(needed: 40, available: 39))" == "a packet needs 40 bytes, and there are 39")
        #expect("\(PacketFault.badMagic)" == "a packet begins with SRP1")
        #expect("\(PacketFault.unknownKind(5))" == "kind 5 is none")
        #expect("\(PacketFault.unknownCodec(238))" == "codec 238 is none")
        #expect(
            "\(PacketFault.lengthMismatch(stated: 56, available: 57))" == "the header states a packet of 56 bytes, and there are 57")
        #expect(
            "\(PacketFault.checksum(stated: 0xAB, computed: 0xC000_0001))"
                == "the header states the checksum 000000ab, and the bytes have c0000001")
    }

    @Test("a header is read without trust where only its shape is right")
    func unverified() throws {
        var packet = Self.packet
        packet[20] ^= 0xFF
        #expect(PacketHeader(unverified: packet.span)?.sequence == 1 | 0xFF << 32)
        #expect(PacketHeader(unverified: Array(packet.prefix(40)).span)?.payloadLength == 16)
        #expect(PacketHeader(unverified: Array(packet.prefix(39)).span) == nil)
        for offset in [0, 4, 5] {
            var wrong = Self.packet
            wrong[offset] = 0x7F
            #expect(PacketHeader(unverified: wrong.span) == nil)
        }
    }

    @Test("the magic distinguishes packets from text")
    func sequenced() {
        for (text, isSequenced) in [("", false), ("SRP", false), ("SRP1", true), ("SRP1:1|c", true), ("SRP2", false), ("srp1", false)] {
            #expect(PacketHeader.isSequenced(Array(text.utf8).span) == isSequenced)
        }
    }

    @Test("flags and any session, sequence and time are read as they stand")
    func anyFields() throws {
        var draws = Draws(seed: 9)
        for _ in 0..<200 {
            var packet = Self.packet
            for offset in Array(6..<32) + [34, 35] { packet[offset] = UInt8(draws.below(256)) }
            packet = Packets.sealed(packet)
            let header = try PacketHeader(decoding: packet.span)
            #expect(Packets.little(UInt64(header.eventCount), 2) == Array(packet[6..<8]))
            #expect(Packets.little(header.session, 8) == Array(packet[8..<16]))
            #expect(Packets.little(header.sequence, 8) == Array(packet[16..<24]))
            #expect(Packets.little(header.timestamp, 8) == Array(packet[24..<32]))
            #expect(Packets.little(UInt64(header.flags), 2) == Array(packet[34..<36]))
        }
    }

    @Test("every packet with one flipped bit is refused")
    func oneBit() {
        for bit in 0..<Self.packet.count * 8 {
            var packet = Self.packet
            packet[bit / 8] ^= 1 << (bit % 8)
            #expect(Self.fault(packet) != nil, "bit \(bit)")
        }
    }

    @Test("two and three flipped bits of a full packet are refused", arguments: 0..<8 as Range<UInt64>)
    func fewBits(_ seed: UInt64) {
        var draws = Draws(seed: seed)
        let full = Packets.packet(payload: (0..<1432).map { _ in UInt8(draws.below(256)) }, .binary, eventCount: 9)
        #expect(Self.fault(full) == nil)
        for _ in 0..<200 {
            var packet = full
            var bits: Set<Int> = []
            let count = 2 + draws.below(2)
            while bits.count < count { bits.insert(draws.below(full.count * 8)) }
            for bit in bits { packet[bit / 8] ^= 1 << (bit % 8) }
            #expect(Self.fault(packet) != nil, "seed \(seed), bits \(bits.sorted())")
        }
    }
}
