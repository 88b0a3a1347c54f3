import StatsModel
import StatsWire
import Testing
import TestSupport

/// Payloads that are not what a builder makes.
struct EventDecoderPacketTests {
    struct Row: CustomTestStringConvertible, Sendable {
        let name: String
        let payload: [UInt8]
        let eventCount: Int
        let steps: [String]

        init(_ name: String, _ payload: [UInt8], count: Int = 1, _ steps: String...) {
            self.name = name
            self.payload = payload
            eventCount = count
            self.steps = steps
        }

        var testDescription: String { name }
    }

    /// A counter `x` of 1.0 at the packet's time.
    static let good: [UInt8] = [0, 0, 1, 0, 0, 0, 0x78, 0, 0, 0, 0, 0, 0, 0xF0, 0x3F, 0]
    static let goodStep = "counter x 1.0 at \(Packets.time) explicit EventFlags(rawValue: 0)"

    static func refused(_ reason: MalformedReason, _ bytes: [UInt8]) -> String {
        "! \(reason.name): \(String(decoding: bytes, as: UTF8.self))"
    }

    static let half: [UInt8] = [0, 0, 0, 0, 0, 0, 0xE0, 0x3F]
    static let two: [UInt8] = [0, 0, 0, 0, 0, 0, 0x00, 0x40]
    static let unnamed: [UInt8] = [0, 0, 0, 0, 0, 0] + half + [0]
    static let badRate: [UInt8] = [0x10, 0, 1, 0, 0, 0, 0x78] + half + two + [0]
    static let status: [UInt8] = [7, 0, 1, 0, 0, 0, 0x78] + half + [0]
    static let delta: [UInt8] = [0x80, 0, 1, 0, 0, 0, 0x78] + half + [0]
    static let unknown: [UInt8] = [8, 0, 1, 0, 0, 0, 0x78] + half + [0]
    static let reserved: [UInt8] = [0, 4, 1, 0, 0, 0, 0x78] + half + [0]
    static let counted: [UInt8] = [0, 2, 1, 0, 0, 0, 0x78, 0, 0, 0, 0, 0, 0, 0xF0, 0x3F, 0, 0x81, 1]
    static let countOfOne: [UInt8] = [0, 2, 1, 0, 0, 0, 0x78] + half + [0, 1]
    static let countTooHigh: [UInt8] = [0, 2, 1, 0, 0, 0, 0x78] + half + [0, 0x80, 0x80, 0x80, 8]
    static let countOfEvent: [UInt8] = [6, 2, 1, 0, 0, 0, 0x78, 0, 2]
    static let countCut: [UInt8] = [0, 2, 1, 0, 0, 0, 0x78] + half + [0, 0x80]
    static let tooLong: [UInt8] = [5, 0, 1, 0, 0, 0, 0x78] + Array(repeating: 0xFF, count: 9) + [2]
    static let unended: [UInt8] = [5, 0, 1, 0, 0, 0, 0x78, 0xFF]

    @Test("a faulty record is named; behind one whose end can be found the next is read", arguments: [
        Row("good", good + good, count: 2, goodStep, goodStep),
        Row("no name", unnamed + good, count: 2, refused(.emptyName, unnamed), goodStep),
        Row("a rate of two", badRate + good, count: 2, refused(.badRate, badRate), goodStep),
        Row("a status of a half", status + good, count: 2, refused(.badCheckStatus, status), goodStep),
        Row("a counter's change", delta + good, count: 2, refused(.badRecord, delta), goodStep),
        Row("type 8", unknown + good, count: 2, refused(.unknownType, unknown + good)),
        Row("a reserved bit", reserved + good, count: 2, refused(.badRecord, reserved + good)),
        Row("a count", counted + good, count: 2, goodStep + " count 129", goodStep),
        Row("a count of one", countOfOne + good, count: 2, refused(.badRecord, countOfOne), goodStep),
        Row("a count of 2^24", countTooHigh + good, count: 2, refused(.badRecord, countTooHigh), goodStep),
        Row("an event's count", countOfEvent + good, count: 2, refused(.badRecord, countOfEvent), goodStep),
        Row("a count without end", countCut, refused(.truncatedRecord, countCut)),
        Row("a number of 65 bits", tooLong + good, count: 2, refused(.badRecord, tooLong + good)),
        Row("a number without end", unended, refused(.truncatedRecord, unended)),
        Row("a name beyond the end", [0, 0, 9, 0, 0, 0, 0x78], refused(.truncatedRecord, [0, 0, 9, 0, 0, 0, 0x78])),
        Row("half a head", [0, 0, 1], refused(.truncatedRecord, [0, 0, 1])),
        Row("more than counted", good + good, count: 1, goodStep, refused(.countMismatch, good)),
        Row("less than counted", good, count: 2, goodStep, refused(.countMismatch, [])),
        Row("counted, but nothing", [], count: 1, refused(.countMismatch, [])),
        Row("nothing", [], count: 0),
        Row("not counted", good, count: 0, refused(.countMismatch, good)),
    ])
    func binary(_ row: Row) throws {
        #expect(try DecodedSteps.ofPacket(Packets.packet(payload: row.payload, .binary, eventCount: row.eventCount)) == row.steps)
    }

    @Test("packets of other kinds hold no events, nor does the codec none")
    func otherKinds() throws {
        for kind in PacketKind.allCases where kind != .data {
            #expect(try DecodedSteps.ofPacket(Packets.packet(payload: Self.good, .binary, eventCount: 1, kind: kind)) == [])
        }
        #expect(try DecodedSteps.ofPacket(Packets.packet(payload: Self.good, .none, eventCount: 1)) == [])
    }

    @Test("every truncation ends, and gives out a beginning of the events", arguments: PacketBuilderTests.codecs, 0..<8 as Range<UInt64>)
    func truncations(_ codec: PacketCodec, _ seed: UInt64) throws {
        var draws = Draws(seed: seed)
        let events = (0..<8).map { _ in SampleEvent.random(&draws, codec) }
        let packet = try #require(Packets.packet(events, codec))
        for count in PacketHeader.byteCount..<packet.count {
            let (found, refusals) = try Packets.events(Packets.sealed(Array(packet.prefix(count))))
            #expect(found == Array(events.prefix(found.count)), "seed \(seed), cut at \(count)")
            #expect(refusals.count == 1 && found.count <= events.count, "seed \(seed), cut at \(count)")
        }
    }

    @Test("every flipped bit of a payload ends in events or a refusal", arguments: PacketBuilderTests.codecs, 0..<4 as Range<UInt64>)
    func flips(_ codec: PacketCodec, _ seed: UInt64) throws {
        var draws = Draws(seed: seed)
        let events = (0..<5).map { _ in SampleEvent.random(&draws, codec) }
        let packet = try #require(Packets.packet(events, codec))
        for bit in PacketHeader.byteCount * 8..<packet.count * 8 {
            var flipped = packet
            flipped[bit / 8] ^= 1 << (bit % 8)
            let (found, refusals) = try Packets.events(Packets.sealed(flipped))
            #expect(found.count + refusals.count >= 1 && found.count <= events.count, "seed \(seed), bit \(bit)")
            #expect(found.count == events.count || !refusals.isEmpty, "seed \(seed), bit \(bit)")
        }
    }

    @Test("any payload ends", arguments: PacketBuilderTests.codecs, 0..<32 as Range<UInt64>)
    func anything(_ codec: PacketCodec, _ seed: UInt64) throws {
        var draws = Draws(seed: seed)
        let words = ["[", "{", "}", "]", ",", ":", "\"name\"", "\"type\"", "\"counter\"", "\"", "1", "-", "\\u", "null", "\"tags\""]
        for _ in 0..<60 {
            var payload: [UInt8] = []
            for _ in 0..<draws.below(60) {
                if codec == .json { payload += draws.pick(words).utf8 } else { payload.append(UInt8(draws.below(256)) & (draws.chance(oneIn: 2) ? 7 : 255)) }
            }
            let packet = Packets.packet(payload: payload, codec, eventCount: draws.below(5))
            _ = try Packets.events(packet)
        }
    }

    @Test("events of a packet and of text may follow each other in one decoder")
    func mixed() throws {
        let packet = Packets.packet(payload: Self.good, .binary, eventCount: 1)
        let text = Array("x:1:2:3|c".utf8)
        var decoder = EventDecoder()
        decoder.beginText(text.span)
        guard case .event = decoder.next(text.span) else { return #expect(Bool(false), "a first value") }
        decoder.beginPacket(packet.span, header: try PacketHeader(decoding: packet.span))
        #expect(DecodedSteps.drain(&decoder, packet) == [Self.goodStep])
        decoder.beginText(text.span)
        #expect(DecodedSteps.drain(&decoder, text).count == 3)
    }
}
