import StatsModel
import StatsWire
import Testing
import TestSupport

/// Parity packets to the byte.
struct ParityPacketTests {
    /// The two data packets of the page's example.
    static let example: [(sequence: UInt64, bytes: [UInt8])] = [member(42, "a", 1), member(43, "bc", 2)]

    /// A data packet with one counter.
    static func member(_ sequence: UInt64, _ name: String, _ value: Double) -> (sequence: UInt64, bytes: [UInt8]) {
        var event = SampleEvent(.counter, name, value)
        event.timestamp = Packets.time
        var builder = PacketBuilder(maximumSize: 1472, codec: .binary)
        builder.begin(timestamp: UInt64(Packets.time))
        precondition(event.append(to: &builder) == .appended, "one event fits")
        return (sequence, Packets.seal(&builder, sequence: sequence))
    }

    /// The parity packet of these members.
    static func packet(
        _ members: [(sequence: UInt64, bytes: [UInt8])], stride: Int, parityCount: Int, index: Int, maximumSize: Int = 1472
    ) throws -> [UInt8] {
        var rows = ParityRows(rowCount: 1, maximumSize: maximumSize)
        for member in members {
            rows.mix(
                datagram: member.bytes.span, times: ParityCode.factor(parity: index, sequence: member.sequence), into: 0)
        }
        let group = try ParityGroup(first: members[0].sequence, stride: stride, memberCount: members.count)
        let packet = ParityPacket(group: group, parityCount: parityCount, index: index)
        let count = rows.seal(0, as: packet, session: Packets.session, timestamp: UInt64(Packets.time))
        return rows.withPacket(0) { bytes in
            #expect(bytes.count == count)
            return (0..<bytes.count).map { bytes[$0] }
        }
    }

    @Test("the worked example is what the code makes, to the byte, and gives back either packet")
    func worked() throws {
        let bytes = try FormatsTests.bytes("hex parity")
        #expect(bytes.count == 105)
        #expect(Self.example.map(\.bytes.count) == [56, 57])
        #expect(try Self.packet(Self.example, stride: 1, parityCount: 2, index: 1) == bytes)
        let header = try PacketHeader(decoding: bytes.span)
        let packet = try ParityPacket(decoding: bytes.span, header: header)
        #expect(packet == ParityPacket(group: try ParityGroup(first: 42, stride: 1, memberCount: 2), parityCount: 2, index: 1))
        let coded = Array(bytes[ParityPacket.codedRange(of: bytes.span)])
        var recovery = ParityRecovery(maximumSize: 1472)
        for missing in 0..<2 {
            let recovered = ParityTrial.recover(
                Self.example, missing: [missing], coded: [[], coded], using: [1], with: &recovery)
            #expect(recovered == [Self.example[missing].bytes])
        }
    }

    @Test("a parity packet is as much longer than the longest datagram as the constant says, and fits exactly")
    func overhead() throws {
        #expect(ParityPacket.overhead == 48)
        for size in [40, 41, 100, 1424] {
            let member = [UInt8](repeating: 7, count: size)
            let packet = try Self.packet([(1, member), (2, [1])], stride: 1, parityCount: 1, index: 0)
            #expect(packet.count == size + ParityPacket.overhead)
        }
        #expect(ParityRows(rowCount: 1, maximumSize: 1472).maximumDatagramSize == 1424)
    }

    @Test("what a parity packet says of itself comes back", arguments: 0..<50 as Range<UInt64>)
    func roundTrip(_ seed: UInt64) throws {
        var draws = Draws(seed: seed)
        let parityCount = 1 + draws.below(8)
        let memberCount = 1 + draws.below(5)
        let stride = 1 + draws.below(60)
        let index = draws.below(parityCount)
        let first = 1 + draws.next() >> UInt64(1 + draws.below(60))
        let members = ParityTrial.members(memberCount, first: first, stride: stride, &draws).map { ($0.sequence, $0.bytes + Array(repeating: 1, count: 40)) }
        let bytes = try Self.packet(members, stride: stride, parityCount: parityCount, index: index)
        let header = try PacketHeader(decoding: bytes.span)
        #expect(header.kind == .parity && header.codec == .none && header.eventCount == 0)
        #expect(header.session == Packets.session && header.sequence == first && header.timestamp == UInt64(Packets.time))
        let packet = try ParityPacket(decoding: bytes.span, header: header)
        #expect(packet.group.first == first && packet.group.stride == stride && packet.group.memberCount == memberCount)
        #expect(packet.parityCount == parityCount && packet.index == index, "seed \(seed)")
    }

    struct Wrong: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let fault: ParityFault
        let change: @Sendable (inout [UInt8]) -> Void

        init(_ name: String, _ fault: ParityFault, _ change: @escaping @Sendable (inout [UInt8]) -> Void) {
            testDescription = name
            self.fault = fault
            self.change = change
        }
    }

    @Test("what is impossible is refused under its name", arguments: [
        Wrong("no member", .badMemberCount(0)) { $0[40] = 0 },
        Wrong("65 members", .badMemberCount(65)) { $0[40] = 65 },
        Wrong("no parity", .badParityCount(0)) { $0[41] = 0 },
        Wrong("9 parities", .badParityCount(9)) { $0[41] = 9 },
        Wrong("parity 2 of 2", .badIndex(2, parityCount: 2)) { $0[42] = 2 },
        Wrong("scheme 1", .unknownScheme(1)) { $0[43] = 1 },
        Wrong("no stride", .badStride(0, memberCount: 2)) { $0[44] = 0 },
        Wrong("a stride of 248", .badStride(248, memberCount: 2)) { $0[44] = 248 },
        Wrong("64 members 4 apart", .badStride(4, memberCount: 64)) { ($0[40], $0[44]) = (64, 4) },
        Wrong("number 0", .badFirst(0)) { $0[16] = 0 },
        Wrong("the last numbers", .badFirst(.max)) { $0.replaceSubrange(16..<24, with: Array(repeating: 0xFF, count: 8)) },
        Wrong("no coded byte", .truncated(needed: 48, available: 6)) { $0.removeSubrange(46...) },
        Wrong("one byte too few", .truncated(needed: 48, available: 47)) { $0.removeSubrange(87...) },
        Wrong("no payload", .truncated(needed: 48, available: 0)) { $0.removeSubrange(40...) },
    ])
    func faults(_ wrong: Wrong) throws {
        var bytes = try FormatsTests.bytes("hex parity")
        wrong.change(&bytes)
        bytes = Packets.sealed(bytes)
        let header = try PacketHeader(decoding: bytes.span)
        #expect(throws: wrong.fault) { try ParityPacket(decoding: bytes.span, header: header) }
        #expect(try #require(FormatsTests.page).contains("`\(wrong.fault.name)`"))
    }

    @Test("a group knows its members")
    func members() throws {
        let group = try ParityGroup(first: 10, stride: 3, memberCount: 4)
        #expect((0..<4).map(group.sequence) == [10, 13, 16, 19])
        #expect(group.last == 19)
        #expect((0...30 as ClosedRange<UInt64>).filter(group.contains) == [10, 13, 16, 19])
        // The last span in which every member has a factor of its own.
        #expect(throws: Never.self) { try ParityGroup(first: 1, stride: 247, memberCount: 2) }
    }
}
