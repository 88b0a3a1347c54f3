import Foundation
import StatsModel
import StatsWire
import TestSupport
import Testing

/// `Sources/FORMATS.md` says what the code does.
struct FormatsTests {
    static let page: String? = {
        try? String(contentsOf: Checkout.sources.appendingPathComponent("FORMATS.md"), encoding: .utf8)
    }()

    /// The lines between a fence of that kind and its end.
    static func block(_ kind: String) throws -> [Substring] {
        let lines = try #require(page).split(separator: "\n", omittingEmptySubsequences: false)
        let start = try #require(lines.firstIndex(of: "```\(kind)"))
        return Array(lines[(start + 1)...].prefix { $0 != "```" })
    }

    /// The bytes of a block: each line's end where two blanks stand, and a remark follows.
    static func bytes(_ kind: String) throws -> [UInt8] {
        var bytes: [UInt8] = []
        for line in try block(kind) {
            let digits = line.prefix(upTo: try #require(line.range(of: "  ")).lowerBound)
            for byte in digits.split(separator: " ") { bytes.append(try #require(UInt8(byte, radix: 16))) }
        }
        return bytes
    }

    /// The two events of the examples, and the packet that a codec makes of them.
    static func example(_ codec: PacketCodec) throws -> (events: [SampleEvent], packet: [UInt8]) {
        var counter = SampleEvent(.counter, "http.requests", 3)
        counter.tags = Array("env:prod".utf8)
        counter.rate = (0.5).bitPattern
        counter.timestamp = Packets.time - 1000
        // JSON and MessagePack have no word for a time that the sender did not state.
        if codec == .messagePack { counter.flags = .explicitTimestamp }
        var set = SampleEvent(.set, "users")
        set.text = Array("ann".utf8)
        set.extra = Array("c:ci-1".utf8)
        set.timestamp = Packets.time + 250
        set.flags = .explicitTimestamp
        var builder = PacketBuilder(maximumSize: 1472, codec: codec)
        builder.begin(timestamp: UInt64(Packets.time))
        #expect(counter.append(to: &builder) == .appended && set.append(to: &builder) == .appended)
        return ([counter, set], Packets.seal(&builder, sequence: 42))
    }

    @Test("the worked example is what the encoder makes, to the byte")
    func binary() throws {
        let bytes = try Self.bytes("hex")
        let (events, packet) = try Self.example(.binary)
        #expect(packet == bytes)
        #expect(bytes.count == 111)
        #expect(try Packets.events(bytes).events == events)
    }

    @Test("the examples of the other people's formats are what the encoder makes, and read as what went in", arguments: [
        (PacketCodec.protocolBuffers, "hex protobuf", 89), (.messagePack, "hex msgpack", 156),
    ])
    func payload(_ codec: PacketCodec, _ kind: String, _ count: Int) throws {
        let payload = try Self.bytes(kind)
        let (events, packet) = try Self.example(codec)
        #expect(Array(packet.dropFirst(PacketHeader.byteCount)) == payload)
        #expect(payload.count == count)
        #expect(try Packets.events(Packets.packet(payload: payload, codec, eventCount: 2)).events == events)
    }

    @Test("the acknowledgement of the page is what the receiver's builder makes, to the byte, and reads so")
    func acknowledgement() throws {
        let bytes = try Self.bytes("hex acknowledgement")
        var builder = AcknowledgementBuilder()
        builder.begin(floor: 37)
        let isTaken = [builder.append(38...39), builder.append(41...41)]
        #expect(isTaken == [true, true])
        let number = AnswerNumber(epoch: 0x2F6B_01D9, counter: 3)
        let count = builder.seal(
            session: 0x0123_4567_89AB_CDEF, highest: 42, latest: 42, held: .microseconds(1500), number: number)
        let written = builder.withBytes { span in (0..<span.count).map { span[$0] } }
        #expect(written == bytes && count == 80)
        let header = try PacketHeader(decoding: bytes.span)
        let read = Acknowledgement(decoding: bytes.span, header: header)
        let answer = try #require(read)
        #expect(answer.number == number && answer.highest == 42 && answer.floor == 37)
        let missing = (0..<answer.rangeCount).map { answer.missing($0, in: bytes.span) }
        #expect(missing == [38...39, 41...41])
    }

    @Test("the JSON example is read, and written but for its default")
    func json() throws {
        let payload = try Self.block("json").joined(separator: "\n")
        let packet = Packets.packet(payload: Array(payload.utf8), .json, eventCount: 1)
        let events = try Packets.events(packet).events
        let ours = try #require(Packets.packet(events, .json))
        #expect(String(decoding: ours[40...], as: UTF8.self) == payload.replacing("\"rate\":1,", with: ""))
    }

    @Test("every reason a record or packet may be refused for stands on the page, or is one of text")
    func reasons() throws {
        let page = try #require(Self.page)
        let ofText: Set<MalformedReason> = [
            .missingColon, .emptyValue, .missingType, .badEventHeader, .badEventLength, .emptyTitle, .emptyCheckName,
        ]
        for reason in MalformedReason.allCases where !ofText.contains(reason) { #expect(page.contains("`\(reason.name)`")) }
        #expect(Set(MalformedReason.allCases.map(\.name)).count == MalformedReason.allCases.count)
    }
}
