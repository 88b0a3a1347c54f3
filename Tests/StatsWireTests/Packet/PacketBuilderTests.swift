import StatsModel
import StatsWire
import Testing
import TestSupport

struct PacketBuilderTests {
    static let codecs: [PacketCodec] = [.binary, .protocolBuffers, .messagePack, .json]

    @Test("what goes into packets comes out again, no packet is too large, and full is distinguished from too large",
        arguments: codecs, 0..<40 as Range<UInt64>)
    func roundTrip(_ codec: PacketCodec, _ seed: UInt64) throws {
        var draws = Draws(seed: seed)
        let maximum = draws.pick([64, 100, 200, 512, 1472, 8972])
        var builder = PacketBuilder(maximumSize: maximum, codec: codec)
        builder.begin(timestamp: UInt64(Packets.time))
        var expected: [SampleEvent] = []
        for _ in 0..<150 {
            let event = SampleEvent.random(&draws, codec, longest: draws.chance(oneIn: 20) ? 300 : 40)
            var result = event.append(to: &builder)
            let alone = Packets.packet([event], codec, maximumSize: maximum)
            if result == .packetFull {
                #expect(alone != nil && !expected.isEmpty, "seed \(seed): \(event)")
                try Self.check(Packets.seal(&builder), expected, maximum, seed)
                expected = []
                builder.begin(timestamp: UInt64(Packets.time))
                result = event.append(to: &builder)
            }
            #expect(result == (alone == nil ? .oversize : .appended), "seed \(seed): \(event)")
            if result == .appended { expected.append(event) }
            #expect(builder.eventCount == expected.count && builder.byteCount <= maximum)
        }
        try Self.check(Packets.seal(&builder), expected, maximum, seed)
    }

    static func check(_ packet: [UInt8], _ expected: [SampleEvent], _ maximum: Int, _ seed: UInt64) throws {
        #expect(packet.count <= maximum)
        let header = try PacketHeader(decoding: packet.span)
        #expect(Int(header.eventCount) == expected.count)
        let (events, refusals) = try Packets.events(packet)
        #expect(refusals == [], "seed \(seed)")
        for (event, original) in zip(events, expected) { #expect(event == original, "seed \(seed)") }
        #expect(events.count == expected.count, "seed \(seed)")
    }

    @Test("a packet is filled to its last byte", arguments: codecs, 0..<60 as Range<UInt64>)
    func exactly(_ codec: PacketCodec, _ seed: UInt64) throws {
        var draws = Draws(seed: seed)
        // Long enough for packets that may be as small as they get.
        var events = (0..<3).map { _ in SampleEvent.random(&draws, codec) }
        for index in events.indices { events[index].name += draws.string(30) }
        let one = try #require(Packets.packet([events[0]], codec)).count
        #expect(Packets.packet([events[0]], codec, maximumSize: one)?.count == one, "seed \(seed)")
        var small = PacketBuilder(maximumSize: one - 1, codec: codec)
        small.begin(timestamp: UInt64(Packets.time))
        #expect(events[0].append(to: &small) == .oversize, "seed \(seed)")
        #expect(small.eventCount == 0 && small.byteCount == PacketHeader.byteCount)

        let three = try #require(Packets.packet(events, codec)).count
        #expect(Packets.packet(events, codec, maximumSize: three)?.count == three, "seed \(seed)")
        var tight = PacketBuilder(maximumSize: three - 1, codec: codec)
        tight.begin(timestamp: UInt64(Packets.time))
        #expect(events[0].append(to: &tight) == .appended && events[1].append(to: &tight) == .appended)
        #expect(events[2].append(to: &tight) == .packetFull, "seed \(seed)")
        try Self.check(Packets.seal(&tight), Array(events.prefix(2)), three - 1, seed)
    }

    @Test("tags of any number and length fill a packet to its last byte", arguments: codecs, 0..<30 as Range<UInt64>)
    func tags(_ codec: PacketCodec, _ seed: UInt64) throws {
        var draws = Draws(seed: seed)
        var event = SampleEvent(.timing, "latency", 0.1)
        event.timestamp = Packets.time
        event.flags = .explicitTimestamp
        // Where the lengths of strings, arrays and messages take one more byte.
        let lengths = [0, 1, 30, 31, 32, 33, 126, 127, 128, 129, 254, 255, 256, 257, 4000]
        let count = draws.pick([1, 2, 14, 15, 16, 17, 130, 300])
        let tags = (0..<count).map { _ in Array(repeating: UInt8(ascii: "t"), count: count > 20 ? draws.below(3) : draws.pick(lengths)) }
        event.tags = Array(tags.joined(separator: [UInt8(ascii: ",")]))
        let roomy = try #require(Packets.packet([event], codec), "seed \(seed)")
        try Self.check(roomy, [event], 65_507, seed)
        let tight = max(64, roomy.count)
        #expect(Packets.packet([event], codec, maximumSize: tight) == roomy, "seed \(seed)")
        if roomy.count > 64 { #expect(Packets.packet([event], codec, maximumSize: roomy.count - 1) == nil, "seed \(seed)") }
    }

    @Test("a name may fill the largest packet", arguments: codecs)
    func longestName(_ codec: PacketCodec) throws {
        var event = SampleEvent(.set, "n")
        event.timestamp = Packets.time
        if codec == .json || codec == .messagePack { event.flags = .explicitTimestamp }
        // A short name, since lengths take more bytes where they are larger.
        event.name = Array(repeating: UInt8(ascii: "n"), count: 40_000)
        let overhead = try #require(Packets.packet([event], codec)).count - 40_000
        event.name = Array(repeating: UInt8(ascii: "n"), count: 65_507 - overhead)
        let packet = try #require(Packets.packet([event], codec))
        #expect(packet.count == 65_507)
        try Self.check(packet, [event], 65_507, 0)
        event.name.append(UInt8(ascii: "n"))
        #expect(Packets.packet([event], codec) == nil)
        event.name = Array(repeating: UInt8(ascii: "n"), count: 70_000)
        #expect(Packets.packet([event], codec) == nil)
    }

    @Test("the count of the smallest records fits into its sixteen bits")
    func smallestRecords() throws {
        var event = SampleEvent(.set, "n")
        event.timestamp = Packets.time
        let count = (65_507 - PacketHeader.byteCount) / 8
        let events = Array(repeating: event, count: count)
        let packet = try #require(Packets.packet(events, .binary))
        #expect(packet.count == PacketHeader.byteCount + count * 8)
        try Self.check(packet, events, 65_507, 0)
        #expect(Packets.packet(events + [event], .binary) == nil)
    }

    @Test("what a codec cannot state is too large for it")
    func notStated() throws {
        for codec in Self.codecs { #expect(Packets.packet([SampleEvent(.counter, "", 1)], codec) == nil) }
        for value in [Double.nan, .infinity, -.infinity] {
            #expect(Packets.packet([SampleEvent(.gauge, "x", value)], .json) == nil)
            for codec in Self.codecs where codec != .json {
                let packet = try #require(Packets.packet([SampleEvent(.gauge, "x", value)], codec))
                #expect(try Packets.events(packet).events.map(\.value) == [value.bitPattern])
            }
        }
    }

    @Test("a packet without events is whole", arguments: codecs)
    func empty(_ codec: PacketCodec) throws {
        let packet = try #require(Packets.packet([], codec))
        let payload = [PacketCodec.json: 2, .messagePack: 3][codec] ?? 0
        #expect(packet.count == 40 + payload)
        try Self.check(packet, [], 64, 0)
    }

    @Test("a mark that has no meaning for a type does not reach the packet", arguments: codecs)
    func deltaOfACounter(_ codec: PacketCodec) throws {
        var event = SampleEvent(.counter, "x", 1)
        event.flags = [.gaugeDelta, .escapedText, .explicitTimestamp]
        event.timestamp = Packets.time
        let packet = try #require(Packets.packet([event], codec))
        event.flags = .explicitTimestamp
        try Self.check(packet, [event], 1472, 0)
    }

    @Test("begin empties the packet, and seal may be repeated with other numbers")
    func again() throws {
        var builder = PacketBuilder(maximumSize: 512, codec: .binary)
        let event = SampleEvent(.counter, "x", 1)
        builder.begin(timestamp: 5)
        #expect(event.append(to: &builder) == .appended)
        let first = Packets.seal(&builder, sequence: 1)
        let second = Packets.seal(&builder, sequence: 2)
        #expect(first.count == second.count && first != second)
        #expect(try PacketHeader(decoding: second.span).sequence == 2)
        builder.begin(timestamp: 6)
        #expect(builder.eventCount == 0 && builder.byteCount == 40)
        #expect(try PacketHeader(decoding: Packets.seal(&builder).span).timestamp == 6)
    }
}
