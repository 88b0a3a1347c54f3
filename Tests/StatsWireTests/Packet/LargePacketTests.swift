import StatsModel
import StatsWire
import Testing
import TestSupport

/// One event longer than a packet stands alone in a packet of its own, up to another limit.
@Suite("packets of one long event") struct LargePacketTests {
    static let codecs: [PacketCodec] = [.binary, .protocolBuffers, .messagePack, .json]

    /// An event whose strings take about so many bytes, in one of them or in all.
    static func event(_ draws: inout Draws, _ codec: PacketCodec, length: Int) -> SampleEvent {
        var event = SampleEvent.random(&draws, codec, longest: 12)
        let filler = [UInt8](repeating: UInt8(ascii: "x"), count: length)
        switch draws.below(event.type == .counter ? 3 : 4) {
        case 0: event.name += filler
        case 1: event.tags += (event.tags.isEmpty ? [] : [UInt8(ascii: ",")]) + filler
        case 2: event.extra += filler
        default: if event.type.isMetric, event.type != .set { event.name += filler } else { event.text += filler }
        }
        return event
    }

    /// Bytes of a packet that holds this event alone.
    static func aloneCount(_ event: SampleEvent, _ codec: PacketCodec) throws -> Int {
        try #require(Packets.packet([event], codec)).count
    }

    @Test("around both limits: beside others, alone, or not at all, and what is sent reads back", arguments: codecs, 1...40 as ClosedRange<UInt64>)
    func limits(codec: PacketCodec, seed: UInt64) throws {
        var draws = Draws(seed: seed)
        let size = 100 + draws.below(1400)
        let largest = size + draws.below(8000)
        for _ in 0..<20 {
            let target = draws.pick([size, largest, largest + 200]) - 60 + draws.below(100)
            let event = Self.event(&draws, codec, length: max(0, target - 60))
            let alone = try Self.aloneCount(event, codec)
            let small = SampleEvent(.counter, "s", 1)
            var builder = PacketBuilder(maximumSize: size, largestSize: largest, codec: codec)
            builder.begin(timestamp: UInt64(Packets.time))
            #expect(event.append(to: &builder) == (alone <= largest ? .appended : .oversize), "seed \(seed): \(alone) of \(largest)")
            guard alone <= largest else { continue }
            #expect(builder.isLarge == (alone > size), "seed \(seed)")
            if alone > size { #expect(small.append(to: &builder) == .packetFull, "seed \(seed): nothing joins it") }
            let packet = Packets.seal(&builder)
            #expect(packet.count == (alone > size ? alone : packet.count) && packet.count <= largest, "seed \(seed)")
            let (events, refusals) = try Packets.events(packet)
            #expect(refusals.isEmpty && events.first?.name == event.name && events.first?.text == event.text, "seed \(seed)")

            // Behind another event it waits for a packet of its own, and leaves the open one as it is.
            builder.begin(timestamp: UInt64(Packets.time))
            guard small.append(to: &builder) == .appended, alone > size else { continue }
            #expect(event.append(to: &builder) == .packetFull, "seed \(seed)")
            #expect(try Packets.events(Packets.seal(&builder)).events.map(\.name) == [small.name], "seed \(seed)")
        }
    }

    @Test("without a larger limit an event that fits no packet is oversize, whatever stands beside it", arguments: codecs)
    func none(codec: PacketCodec) {
        let long = SampleEvent(.counter, String(repeating: "x", count: 300), 1)
        var builder = PacketBuilder(maximumSize: 200, codec: codec)
        builder.begin(timestamp: UInt64(Packets.time))
        #expect(long.append(to: &builder) == .oversize)
        #expect(SampleEvent(.counter, "s", 1).append(to: &builder) == .appended)
        #expect(long.append(to: &builder) == .oversize)
        #expect(builder.isLarge == false)
    }

    @Test("a line of text as well, to the byte", arguments: TextDialect.allCases, 70...80)
    func text(dialect: TextDialect, size: Int) {
        for length in 60..<160 {
            let line = "\(String(repeating: "x", count: length)):1|c"
            let event = SampleEvent(.counter, String(repeating: "x", count: length), 1)
            var builder = TextBuilder(maximumSize: size, largestSize: 150, dialect: dialect)
            let result = Self.append(event, to: &builder)
            #expect(result == (line.utf8.count <= 150 ? .appended : .oversize), "\(length)")
            if result == .appended {
                #expect(builder.isLarge == (line.utf8.count > size) && Self.string(builder) == line)
                if builder.isLarge { #expect(Self.append(SampleEvent(.counter, "s", 1), to: &builder) == .packetFull) }
            }
            builder.begin()
            #expect(Self.append(SampleEvent(.counter, "s", 1), to: &builder) == .appended)
            let beside = line.utf8.count + 6 <= size ? TextBuilder.AppendResult.appended : line.utf8.count <= 150 ? .packetFull : .oversize
            #expect(Self.append(event, to: &builder) == beside, "\(length) in \(size)")
        }
    }

    private static func append(_ event: SampleEvent, to builder: inout TextBuilder) -> TextBuilder.AppendResult {
        let slot = StatEvent(metric: MetricID(0), value: Double(bitPattern: event.value), timestamp: 0)
        let key = MetricCatalog.Key(event.type, name: ByteRange(0..<event.name.count), tags: .empty, extra: .empty)
        return builder.append(slot, key: key, keys: event.name.span, text: .empty, texts: event.name.span)
    }

    private static func string(_ builder: borrowing TextBuilder) -> String {
        builder.withBytes { bytes in String(decoding: (0..<bytes.count).map { bytes[$0] }, as: UTF8.self) }
    }
}
