import StatsModel
import StatsWire
import Testing

/// What the two codecs of other people's making refuse, and what they pass over.
struct EventDecoderCodecTests {
    static func steps(_ payload: [UInt8], _ codec: PacketCodec, count: Int) throws -> [String] {
        try DecodedSteps.ofPacket(Packets.packet(payload: payload, codec, eventCount: count)).map {
            $0.hasPrefix("!") ? String($0.prefix { $0 != ":" }) : $0
        }
    }

    static func text(_ text: String) -> [UInt8] { [0xA0 | UInt8(text.utf8.count)] + Array(text.utf8) }
    static func map(_ entries: [UInt8]...) -> [UInt8] { [0x80 | UInt8(entries.count / 2)] + entries.flatMap { $0 } }
    static let good = map(text("name"), text("x"), text("type"), text("counter"))
    static let goodStep = "counter x 1.0 (scratch)"

    static let messagePack: [(String, [UInt8], Int, [String])] = [
        ("good", [0x92] + good + good, 2, [goodStep, goodStep]),
        ("array 32", [0xDD, 0, 0, 0, 1] + good, 1, [goodStep]),
        ("map 16", [0x91, 0xDE, 0, 2] + good.dropFirst(), 1, [goodStep]),
        ("no name", [0x92] + map(text("type"), text("set")) + good, 2, ["! missing_key", goodStep]),
        ("an empty name", [0x92] + map(text("name"), text(""), text("type"), text("set"), text("member"), text("")) + good, 2,
            ["! empty_name", goodStep]),
        ("no type of ours", [0x92] + map(text("name"), text("x"), text("type"), text("meter")) + good, 2, ["! unknown_type", goodStep]),
        ("a type that is a number", [0x92] + map(text("name"), text("x"), text("type"), [1]) + good, 2, ["! bad_record", goodStep]),
        ("a rate of two", [0x92] + map(text("name"), text("x"), text("type"), text("counter"), text("rate"), [2]) + good, 2,
            ["! bad_rate", goodStep]),
        ("a value that is a text", [0x92] + map(text("name"), text("x"), text("type"), text("gauge"), text("value"), text("1")) + good, 2,
            ["! bad_value", goodStep]),
        ("a time that is no whole number",
            [0x92] + map(text("name"), text("x"), text("type"), text("gauge"), text("timestamp"), [0xCB, 0, 0, 0, 0, 0, 0, 0, 0]) + good, 2,
            ["! bad_timestamp", goodStep]),
        ("a time beyond 63 bits",
            [0x92] + map(text("name"), text("x"), text("type"), text("gauge"), text("timestamp"), [0xCF] + [UInt8](repeating: 255, count: 8)) + good,
            2, ["! bad_timestamp", goodStep]),
        ("a count of none", [0x92] + map(text("name"), text("x"), text("type"), text("gauge"), text("count"), [0]) + good, 2,
            ["! bad_record", goodStep]),
        ("a status of four", [0x92] + map(text("name"), text("x"), text("type"), text("service_check"), text("value"), [4]) + good, 2,
            ["! bad_check_status", goodStep]),
        ("a set without member", [0x92] + map(text("name"), text("x"), text("type"), text("set")) + good, 2, ["! missing_key", goodStep]),
        ("a tag with a comma", [0x92] + map(text("name"), text("x"), text("type"), text("gauge"), text("tags"), [0x91] + text("a,b")) + good, 2,
            ["! bad_record", goodStep]),
        ("tags that are no array", [0x92] + map(text("name"), text("x"), text("type"), text("gauge"), text("tags"), text("a")) + good, 2,
            ["! bad_record", goodStep]),
        ("a single float", [0x91] + map(text("name"), text("x"), text("type"), text("gauge"), text("value"), [0xCA, 0x3F, 0, 0, 0]), 1,
            ["gauge x 0.5 (scratch)"]),
        ("the last of two", [0x91] + map(text("name"), text("y"), text("name"), text("x"), text("type"), text("counter")), 1, [goodStep]),
        ("an array without end", [0x91, 0x82] + text("name") + [0xDB, 255, 255, 255, 255], 1, ["! bad_record"]),
        ("a promise of 2^32 keys", [0x91, 0xDF, 255, 255, 255, 255], 1, ["! bad_record"]),
        ("a nest of promises", [0x91, 0x81] + text("z") + [UInt8](repeating: 0x91, count: 500), 1, ["! bad_record"]),
        ("a reserved byte", [0x91, 0xC1], 1, ["! bad_record"]),
        ("no array", good, 1, ["! bad_record"]),
        ("nothing at all", [], 0, ["! bad_record"]),
        ("bytes behind the array", [0x91] + good + [0xC0], 1, [goodStep, "! bad_record"]),
        ("more than counted", [0x92] + good + good, 1, [goodStep, "! count_mismatch"]),
        ("less than counted", [0x91] + good, 2, [goodStep, "! count_mismatch"]),
    ]

    @Test("MessagePack: a faulty record is named; the next one is read", arguments: messagePack.indices)
    func messagePackFaults(index: Int) throws {
        let (name, payload, count, expected) = Self.messagePack[index]
        #expect(try Self.steps(payload, .messagePack, count: count) == expected, "\(name)")
    }

    static func event(_ fields: [UInt8]...) -> [UInt8] {
        let body = fields.flatMap { $0 }
        return [0x0A, UInt8(body.count)] + body
    }

    static let x: [UInt8] = [0x12, 1, 0x78]
    static let two: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0x40]
    static let plain = "counter x 0.0"

    static let protobuf: [(String, [UInt8], Int, [String])] = [
        ("good", event(x) + event(x), 2, [plain, plain]),
        ("no name", event([0x21] + two) + event(x), 2, ["! empty_name", plain]),
        ("type 8", event([0x08, 8], x) + event(x), 2, ["! unknown_type", plain]),
        ("type 2^64 - 1", event([0x08] + [UInt8](repeating: 0xFF, count: 9) + [1], x) + event(x), 2, ["! unknown_type", plain]),
        ("a rate of two", event(x, [0x29] + two) + event(x), 2, ["! bad_rate", plain]),
        ("a rate of zero", event(x, [0x29, 0, 0, 0, 0, 0, 0, 0, 0]) + event(x), 2, ["! bad_rate", plain]),
        ("a status of a half", event([0x08, 7], x, [0x21, 0, 0, 0, 0, 0, 0, 0xE0, 0x3F]) + event(x), 2, ["! bad_check_status", plain]),
        ("a counter's change", event(x, [0x40, 1]) + event(x), 2, ["! bad_record", plain]),
        ("an event's count", event([0x08, 6], x, [0x48, 2]) + event(x), 2, ["! bad_record", plain]),
        ("a count of 2^24", event(x, [0x48, 0x80, 0x80, 0x80, 8]) + event(x), 2, ["! bad_record", plain]),
        ("a count of zero", event(x, [0x48, 0]), 1, [plain]),
        ("a tag with a comma", event(x, [0x1A, 1, 0x2C]) + event(x), 2, ["! bad_record", plain]),
        ("two tags", event(x, [0x1A, 1, 0x61, 0x1A, 0, 0x1A, 1, 0x62]), 1, ["counter x 0.0 #a,,b (scratch)"]),
        ("the last of two", event([0x12, 1, 0x79], x), 1, [plain]),
        ("unknown fields of every kind", event(x, [0x60, 1, 0x65, 1, 2, 3, 4, 0x61] + two + [0x62, 1, 9]), 1, [plain]),
        ("an unknown field of the packet", [0x10, 5] + event(x), 1, [plain]),
        ("a field cut inside its event", event(x, [0x12, 9, 0x78]) + event(x), 2, ["! truncated_record", plain]),
        ("an event beyond the end", [0x0A, 9, 0x12], 1, ["! truncated_record"]),
        ("a length of 2^63", [0x0A] + [UInt8](repeating: 0xFF, count: 9) + [1], 1, ["! truncated_record"]),
        ("a group", [0x0B] + event(x), 1, ["! bad_record"]),
        ("field number 0", [0x02, 0] + event(x), 1, ["! bad_record"]),
        ("a number of 65 bits", [0x10] + [UInt8](repeating: 0xFF, count: 9) + [2], 1, ["! bad_record"]),
        ("more than counted", event(x) + event(x), 1, [plain, "! count_mismatch"]),
        ("less than counted", event(x), 2, [plain, "! count_mismatch"]),
        ("nothing", [], 0, []),
    ]

    @Test("Protocol Buffers: a faulty event is named; the next one is read", arguments: protobuf.indices)
    func protobufFaults(index: Int) throws {
        let (name, payload, count, expected) = Self.protobuf[index]
        #expect(try Self.steps(payload, .protocolBuffers, count: count) == expected, "\(name)")
    }
}
