import StatsModel
import StatsReceiver
import StatsWire
import TestSupport
import Testing

/// The decoder by itself: what it believes, and its bounds.
struct ParityDecoderTests {
    /// A data packet whose payload is these bytes.
    static func data(_ sequence: UInt64, session: UInt64 = 1, _ payload: [UInt8] = [1, 2, 3]) -> [UInt8] {
        TestPacket.make(.data, session: session, sequence: sequence, payload: payload)
    }

    /// A parity packet over these datagrams, each under the number beside it.
    static func parity(
        _ members: [(UInt64, [UInt8])], stride: Int = 1, count: Int = 1, index: Int = 0, session: UInt64 = 1
    ) -> [UInt8] {
        let longest = members.map(\.1.count).max() ?? 0
        var coded = [UInt8](repeating: 0, count: 2 + longest)
        for (sequence, bytes) in members {
            let factor = ParityCode.factor(parity: index, sequence: sequence)
            let row = [UInt8(bytes.count & 255), UInt8(bytes.count >> 8)] + bytes
            for (place, byte) in row.enumerated() { coded[place] ^= GaloisField.product(factor, byte) }
        }
        let prefix = [UInt8(members.count), UInt8(count), UInt8(index), 0, UInt8(stride & 255), UInt8(stride >> 8)]
        return TestPacket.make(.parity, session: session, sequence: members[0].0, payload: prefix + coded)
    }

    /// Gives the decoder these packets and answers the numbers of what comes back.
    static func receive(_ packets: [[UInt8]], _ decoder: inout ParityDecoder, from source: UInt64 = 1) throws -> [UInt64] {
        var numbers: [UInt64] = []
        for packet in packets {
            try hand(packet, &decoder, from: source)
            while let recovered = decoder.pollRecovered() {
                let header = try decoder.withRecovered { bytes throws in try PacketHeader(decoding: bytes) }
                #expect(header == recovered.header && header.kind == .data && recovered.source == SourceID(source))
                numbers.append(header.sequence)
            }
            checkBalance(decoder.counts)
        }
        return numbers
    }

    static func hand(_ packet: [UInt8], _ decoder: inout ParityDecoder, from source: UInt64 = 1) throws {
        let header = try PacketHeader(decoding: packet.span)
        switch header.kind {
        case .parity: decoder.handleParity(packet.span, header: header, from: SourceID(source))
        case .data: decoder.handleData(packet.span, header: header, from: SourceID(source))
        case .heartbeat, .closing, .acknowledgement: Issue.record("no packet of a group")
        }
    }

    static func checkBalance(_ counts: ParityCounts) {
        let ended = counts.used + counts.unneeded + counts.malformed + counts.oversize + counts.replaced
        #expect(counts.received == ended + counts.contradicted + counts.expired + counts.waiting)
    }

    static let three: [(UInt64, [UInt8])] = [(1, data(1)), (2, data(2, [9])), (3, data(3, Array(repeating: 7, count: 200)))]

    @Test("a group gives back its missing member as soon as it can: by a parity, or by the last member it waited for")
    func recovery() throws {
        var decoder = ParityDecoder()
        let parity = Self.parity(Self.three)
        #expect(try Self.receive([Self.three[0].1, Self.three[2].1], &decoder) == [])
        #expect(try Self.receive([parity], &decoder) == [2])
        #expect(decoder.counts.used == 1)
        // Received when the parity came first, and again: nothing more.
        #expect(try Self.receive([parity, Self.three[1].1], &decoder) == [])
        #expect(decoder.counts.unneeded == 1)

        decoder = ParityDecoder()
        #expect(try Self.receive([parity, Self.three[2].1], &decoder) == [])
        #expect(decoder.counts.waiting == 1)
        #expect(try Self.receive([Self.three[1].1], &decoder) == [1])
        #expect(decoder.counts.waiting == 0 && decoder.counts.recovered == 1)
    }

    @Test("a parity whose members all came is of no use, and is let go; one that came first gives the last of them")
    func complete() throws {
        var decoder = ParityDecoder()
        #expect(try Self.receive([Self.parity(Self.three)] + Self.three.map(\.1), &decoder) == [3])
        decoder = ParityDecoder()
        #expect(try Self.receive(Self.three.map(\.1) + [Self.parity(Self.three)], &decoder) == [])
        #expect(decoder.counts.unneeded == 1 && decoder.counts.waiting == 0)
    }

    @Test("a member that was retransmitted counts as it was first sent, and one that is recovered as well")
    func retransmitted() throws {
        var again = Self.three[0].1
        let whole = 0..<again.count
        var span = again.mutableSpan
        PacketHeader.add(.isRetransmission, to: &span, at: whole)
        #expect(again != Self.three[0].1)
        for index in 0..<2 {
            var decoder = ParityDecoder()
            let parity = Self.parity(Self.three, count: 2, index: index)
            #expect(try Self.receive([again, parity, Self.three[2].1], &decoder) == [2])
            try Self.hand(again, &decoder)
            #expect(decoder.counts.contradicted == 0)
        }
        var decoder = ParityDecoder()
        try Self.hand(Self.three[1].1, &decoder)
        try Self.hand(Self.three[2].1, &decoder)
        try Self.hand(Self.parity(Self.three), &decoder)
        #expect(decoder.pollRecovered() != nil)
        #expect(decoder.withRecovered { bytes in (0..<bytes.count).map { bytes[$0] } } == Self.three[0].1)
    }

    @Test("sources and sessions are apart")
    func sessions() throws {
        var decoder = ParityDecoder()
        #expect(try Self.receive([Self.three[0].1, Self.three[1].1], &decoder, from: 1) == [])
        #expect(try Self.receive([Self.parity(Self.three)], &decoder, from: 2) == [])
        let other = Self.three.map { ($0.0, Self.data($0.0, session: 2)) }
        #expect(try Self.receive([Self.parity(other, session: 2)], &decoder, from: 1) == [])
        #expect(try Self.receive([Self.parity(Self.three)], &decoder, from: 1) == [3])
    }

    @Test("what does not prove itself is not believed: another number, session or kind, a broken checksum, other bytes")
    func disbelief() throws {
        var broken = Self.data(3)
        broken[42] ^= 1
        let impostors = [
            Self.data(4), Self.data(3, session: 7), TestPacket.make(.heartbeat, sequence: 3), broken, [], [1, 2, 3],
            Array(repeating: 0, count: 50),
        ]
        for (number, impostor) in impostors.enumerated() {
            for index in 0..<2 {
                var decoder = ParityDecoder()
                let members = [(1, Self.data(1)), (2, Self.data(2)), (3, impostor)] as [(UInt64, [UInt8])]
                let parity = Self.parity(members, count: 2, index: index)
                #expect(try Self.receive([members[0].1, members[1].1, parity], &decoder) == [], "impostor \(number)")
                #expect(decoder.counts.contradicted == 1 && decoder.counts.recovered == 0, "impostor \(number)")
                // And a true one afterwards still serves.
                #expect(try Self.receive([Self.parity(Self.three.map { ($0.0, Self.data($0.0)) })], &decoder) == [3])
            }
        }
    }

    @Test("a member longer than its parity has room for is a contradiction, not a crash", arguments: [1425, 1472])
    func longMember(_ size: Int) throws {
        var decoder = ParityDecoder()
        let long = Self.data(1, Array(repeating: 5, count: size - 40))
        let parity = Self.parity([(1, Self.data(1)), (2, Self.data(2))])
        #expect(try Self.receive([long, parity], &decoder) == [])
        #expect(decoder.counts.contradicted == 1)
    }

    @Test("datagrams beyond the maximum size are not kept, and counted")
    func oversize() throws {
        var bounds = ParityDecoderConfiguration()
        bounds.maximumPacketSize = 150
        var decoder = ParityDecoder(configuration: bounds)
        let members: [(UInt64, [UInt8])] = [(1, Self.data(1, Array(repeating: 1, count: 63))), (2, Self.data(2))]
        let fitting: [(UInt64, [UInt8])] = [(1, Self.data(1, Array(repeating: 1, count: 62))), (2, Self.data(2))]
        #expect(try Self.receive([members[0].1, Self.parity(members)], &decoder) == [])
        #expect(decoder.counts.oversize == 1)
        #expect(try Self.receive([Self.data(3, Array(repeating: 1, count: 111))], &decoder) == [])
        #expect(decoder.counts.oversizeData == 1)
        #expect(try Self.receive([fitting[0].1, Self.parity(fitting)], &decoder) == [2])
    }

    @Test("the least recently active session makes room, and its parities are counted as expired")
    func leastRecent() throws {
        var bounds = ParityDecoderConfiguration()
        bounds.maximumSessions = 2
        var decoder = ParityDecoder(configuration: bounds)
        let parity = Self.parity(Self.three)
        #expect(try Self.receive([parity], &decoder, from: 1) == [])
        #expect(try Self.receive([Self.three[0].1, Self.three[1].1], &decoder, from: 2) == [])
        #expect(try Self.receive([Self.three[0].1], &decoder, from: 1) == [])
        // Session 2 is the least recently active one.
        #expect(try Self.receive([Self.three[0].1], &decoder, from: 3) == [])
        #expect(decoder.counts.expired == 0)
        #expect(try Self.receive([parity], &decoder, from: 2) == [])
        #expect(decoder.counts.expired == 1)
        #expect(try Self.receive([Self.three[1].1, Self.three[2].1], &decoder, from: 2) == [1])
    }

    @Test("parities that wait make room for newer ones, the oldest first")
    func waitingBound() throws {
        var bounds = ParityDecoderConfiguration()
        bounds.paritiesPerSession = 3
        var decoder = ParityDecoder(configuration: bounds)
        let groups = (0..<4 as Range<UInt64>).map { number in
            [(number * 2 + 1, Self.data(number * 2 + 1)), (number * 2 + 2, Self.data(number * 2 + 2))]
        }
        #expect(try Self.receive(groups.map { Self.parity($0) }, &decoder) == [])
        #expect(decoder.counts.waiting == 3 && decoder.counts.expired == 1)
        #expect(try Self.receive(groups.map { $0[0].1 }, &decoder) == [4, 6, 8])
    }

    @Test("a parity that comes when its members have been overwritten gives nothing twice")
    func passed() throws {
        var decoder = ParityDecoder()
        let packets = (1...258 as ClosedRange<UInt64>).map { ($0, Self.data($0)) }
        #expect(try Self.receive(packets.map(\.1), &decoder) == [])
        // Number 2 came, and 258 stands in its place now.
        #expect(try Self.receive([Self.parity(Array(packets[1..<4]))], &decoder) == [])
        #expect(decoder.counts.expired == 1)
        #expect(try Self.receive([Self.parity(Array(packets[2..<5]))], &decoder) == [])
        #expect(decoder.counts.unneeded == 1)
    }

    @Test("a recovered packet completes another group that waited for it")
    func cascade() throws {
        var decoder = ParityDecoder()
        let packets = (1...5 as ClosedRange<UInt64>).map { ($0, Self.data($0)) }
        let late = Self.parity([packets[0], packets[2]], stride: 2)
        let later = Self.parity([packets[0], packets[4]], stride: 4)
        let first = Self.parity([packets[1], packets[2]])
        #expect(try Self.receive([late, later, packets[1].1], &decoder) == [])
        #expect(try Self.receive([first], &decoder) == [3, 1, 5])
        #expect(decoder.counts.used == 3)
        // Two groups that waited for the same packet.
        decoder = ParityDecoder()
        #expect(try Self.receive([late, later], &decoder) == [])
        #expect(try Self.receive([packets[0].1], &decoder).sorted() == [3, 5])
    }

    @Test("a parity that comes again replaces the first, as does one of another length")
    func replaced() throws {
        var decoder = ParityDecoder()
        let pair: [(UInt64, [UInt8])] = [(1, Self.data(1)), (2, Self.data(2))]
        let wrong = Self.parity([(1, Self.data(1)), (2, Self.data(2, Array(repeating: 3, count: 90)))])
        #expect(try Self.receive([wrong, Self.parity(pair), Self.parity(pair)], &decoder) == [])
        #expect(decoder.counts.replaced == 2 && decoder.counts.waiting == 1)
        // Of two parities of one group both are of one length, whatever their indices.
        let longer = Self.parity([(1, Self.data(1)), (2, Self.data(2, Array(repeating: 3, count: 90)))], count: 2, index: 1)
        #expect(try Self.receive([longer, Self.parity(pair, count: 2)], &decoder) == [])
        #expect(decoder.counts.replaced == 4 && decoder.counts.waiting == 1)
        #expect(try Self.receive([pair[0].1], &decoder) == [2])
    }

    @Test("what nobody polls is bounded: the oldest is let go and counted")
    func unpolled() throws {
        var bounds = ParityDecoderConfiguration()
        bounds.maximumUnpolled = 8
        var decoder = ParityDecoder(configuration: bounds)
        for number in stride(from: 1, through: 19, by: 2) as StrideThrough<UInt64> {
            let pair = [(number, Self.data(number)), (number + 1, Self.data(number + 1))]
            try Self.hand(pair[0].1, &decoder)
            try Self.hand(Self.parity(pair), &decoder)
        }
        #expect(decoder.counts.recovered == 10 && decoder.counts.unpolled == 2)
        var numbers: [UInt64] = []
        while let packet = decoder.pollRecovered() { numbers.append(packet.header.sequence) }
        #expect(numbers == [6, 8, 10, 12, 14, 16, 18, 20])
        #expect(decoder.pollRecovered() == nil)
    }

    @Test("a packet that was overwritten, or whose session made room, before it was polled is counted")
    func unpolledGone() throws {
        var bounds = ParityDecoderConfiguration()
        bounds.maximumSessions = 1
        var decoder = ParityDecoder(configuration: bounds)
        let pair = [(1 as UInt64, Self.data(1)), (2, Self.data(2))]
        try Self.hand(pair[0].1, &decoder)
        try Self.hand(Self.parity(pair), &decoder)
        try Self.hand(Self.data(258), &decoder)
        #expect(decoder.pollRecovered() == nil)
        #expect(decoder.counts.unpolled == 1)
        decoder = ParityDecoder(configuration: bounds)
        try Self.hand(pair[0].1, &decoder)
        try Self.hand(Self.parity(pair), &decoder)
        // The same number of another source stands in the same place.
        try Self.hand(pair[1].1, &decoder, from: 2)
        #expect(decoder.pollRecovered() == nil)
        #expect(decoder.counts.unpolled == 1)
    }

    @Test("whatever parity packets say, nothing untrue comes out and every packet is counted", arguments: 0..<40 as Range<UInt64>)
    func hostile(_ seed: UInt64) throws {
        var random = Draws(seed: seed)
        var bounds = ParityDecoderConfiguration()
        bounds.maximumPacketSize = 200
        bounds.paritiesPerSession = 8
        bounds.maximumSessions = 2
        bounds.maximumUnpolled = 8
        var decoder = ParityDecoder(configuration: bounds)
        var parities = 0
        for _ in 0..<400 {
            let session: UInt64 = random.below(3)
            let sequence = random.chance(percent: 3) ? random.next() : random.below(600 as UInt64)
            if random.chance(percent: 50) {
                let payload = (0..<random.below(140)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
                _ = try Self.receive([Self.data(sequence, session: session, payload)], &decoder)
                continue
            }
            parities += 1
            var payload = (0..<random.below(170)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            // Mostly near the truth, so that more than the first test is reached.
            if payload.count > 6, random.chance(percent: 90) {
                payload.replaceSubrange(0..<6, with: [
                    UInt8(1 + random.below(6)), UInt8(1 + random.below(3)), UInt8(random.below(2)), 0, UInt8(1 + random.below(40)), 0,
                ])
            }
            let packet = TestPacket.make(.parity, session: session, sequence: sequence, payload: payload)
            #expect(try Self.receive([packet], &decoder) == [], "seed \(seed)")
        }
        #expect(decoder.counts.received == UInt64(parities))
        #expect(decoder.counts.recovered == 0 && decoder.counts.contradicted + decoder.counts.expired > 0, "seed \(seed)")
    }
}
