import StatsWire
import Testing
import TestSupport

/// The arithmetic against PyPI's `reedsolo`, and parity packets against a peer written from the page's definition with it.
struct ParityPeerTests {
    static let hasReedSolomon = CodecPeerTests.has("reedsolo")

    static let field = PythonPeerTests.unpack + """

        import reedsolo
        reedsolo.init_tables(prim=0x11d, generator=2, c_exp=8)
        mul, div = reedsolo.gf_mul, reedsolo.gf_div
        def factor(i, s):
            y = 8 + s % 248
            return div(y, i ^ y)
        """

    @Test("all products and quotients are those of reedsolo", .enabled(if: hasReedSolomon, "python3 with reedsolo is not installed"))
    func field() throws {
        let lines = try PythonPeerTests.run(Self.field + """

            for a in range(256): print(bytes(mul(a, b) for b in range(256)).hex())
            for a in range(256): print(bytes(div(a, b) for b in range(1, 256)).hex())
            """)
        let all = 0...255 as ClosedRange<UInt8>
        let products = all.map { a in PythonPeerTests.hexadecimal(all.map { GaloisField.product(a, $0) }) }
        let quotients = all.map { a in PythonPeerTests.hexadecimal(all.dropFirst().map { GaloisField.quotient(a, $0) }) }
        #expect(lines == products + quotients)
    }

    @Test("parity packets are those that Python makes of the same data packets", .enabled(if: hasReedSolomon, "python3 with reedsolo is not installed"),
        arguments: 0..<6 as Range<UInt64>)
    func packets(_ seed: UInt64) throws {
        var draws = Draws(seed: seed)
        let memberCount = seed == 0 ? 64 : 1 + draws.below(16)
        let stride = memberCount == 1 ? 1 : 1 + draws.below(247 / (memberCount - 1))
        let first = 1 + draws.next() >> 2
        var members: [(sequence: UInt64, bytes: [UInt8])] = []
        for index in 0..<memberCount {
            var builder = PacketBuilder(maximumSize: 300, codec: .binary)
            builder.begin(timestamp: draws.next())
            for _ in 0..<draws.below(4) { _ = SampleEvent.random(&draws, .binary, longest: 20).append(to: &builder) }
            let sequence = first + UInt64(index * stride)
            members.append((sequence, Packets.seal(&builder, sequence: sequence)))
        }
        let theirs = try PythonPeerTests.run(Self.field + """

            first, stride = int(sys.argv[1]), int(sys.argv[2])
            members = {}
            for line in sys.argv[3:]:
                packet = bytes.fromhex(line)
                members[check(packet)[4]] = packet
            assert sorted(members) == [first + stride * n for n in range(len(members))]
            longest = max(map(len, members.values()))
            for i in range(8):
                coded = bytearray(2 + longest)
                for s, packet in members.items():
                    for place, byte in enumerate(struct.pack('<H', len(packet)) + packet):
                        coded[place] ^= mul(factor(i, s), byte)
                payload = struct.pack('<BBBBH', len(members), 8, i, 0, stride) + coded
                head = struct.pack('<4sBBHQQQHH', b'SRP1', 1, 0, 0, 0x123456789ABCDEF, first,
                                   1700000000000000000, len(payload), 0)
                print((head + struct.pack('<I', zlib.crc32(head + bytes(4) + payload)) + payload).hex())
            """, ["\(first)", "\(stride)"] + members.map { PythonPeerTests.hexadecimal($0.bytes) })
        let ours = try (0..<8).map { index in
            PythonPeerTests.hexadecimal(try ParityPacketTests.packet(members, stride: stride, parityCount: 8, index: index))
        }
        #expect(ours == theirs, "seed \(seed): \(memberCount) members \(stride) apart from \(first)")
    }

    @Test("what Python encodes we recover, whichever packets are lost", .enabled(if: hasReedSolomon, "python3 with reedsolo is not installed"),
        arguments: 0..<6 as Range<UInt64>)
    func recovered(_ seed: UInt64) throws {
        var draws = Draws(seed: seed)
        let members = ParityTrial.members(3 + draws.below(20), first: 1 + draws.next() >> 2, stride: 1 + draws.below(10), &draws)
        let theirs = try PythonPeerTests.run(Self.field + """

            members = [(int(a), bytes.fromhex(b)) for a, b in (line.split('/') for line in sys.argv[1:])]
            longest = max(len(packet) for _, packet in members)
            for i in range(8):
                coded = bytearray(2 + longest)
                for s, packet in members:
                    for place, byte in enumerate(struct.pack('<H', len(packet)) + packet):
                        coded[place] ^= mul(factor(i, s), byte)
                print(coded.hex())
            """, members.map { "\($0.sequence)/\(PythonPeerTests.hexadecimal($0.bytes))" }).map(PythonPeerTests.bytes)
        var recovery = ParityRecovery(maximumSize: 1472)
        for _ in 0..<20 {
            let count = 1 + draws.below(min(8, members.count))
            let missing = ParityCodeTests.some(count, of: members.count, &draws)
            let parities = ParityCodeTests.some(count, of: 8, &draws)
            let recovered = ParityTrial.recover(members, missing: missing, coded: theirs, using: parities, with: &recovery)
            #expect(recovered == missing.map { members[$0].bytes }, "seed \(seed), lost \(missing), parities \(parities)")
        }
    }
}
