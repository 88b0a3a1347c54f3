import Foundation
import StatsModel
import StatsWire
import SwiftProtobuf
import Testing
import TestSupport

/// Protocol Buffers against Apple's runtime, through the code its plugin generated from the shipped `stats.proto`:
/// `protoc --swift_out=Tests/StatsWireTests/Generated -I Sources/StatsWire stats.proto`, swift-protobuf 1.39.0.
struct ProtobufRuntimeTests {
    static func message(_ event: SampleEvent) throws -> Statsreplay_Event {
        var message = Statsreplay_Event()
        message.type = try #require(Statsreplay_Event.TypeEnum(rawValue: Int(event.type.rawValue)))
        message.name = String(decoding: event.name, as: UTF8.self)
        if !event.tags.isEmpty {
            message.tags = event.tags.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).map {
                String(decoding: $0, as: UTF8.self)
            }
        }
        message.value = Double(bitPattern: event.value)
        if event.rate != (1.0).bitPattern { message.rate = Double(bitPattern: event.rate) }
        message.timestamp = event.timestamp
        message.statedTimestamp = event.flags.contains(.explicitTimestamp)
        message.delta = event.flags.contains(.gaugeDelta)
        if event.count != 1 { message.count = event.count }
        message.fields = String(decoding: event.extra, as: UTF8.self)
        message.text = String(decoding: event.text, as: UTF8.self)
        return message
    }

    static func event(_ message: Statsreplay_Event) throws -> SampleEvent {
        var event = SampleEvent(try #require(MetricType(rawValue: UInt8(message.type.rawValue))), message.name, message.value)
        event.tags = Array(message.tags.joined(separator: ",").utf8)
        event.rate = (message.hasRate ? message.rate : 1).bitPattern
        event.timestamp = message.timestamp
        if message.statedTimestamp { event.flags.insert(.explicitTimestamp) }
        if message.delta { event.flags.insert(.gaugeDelta) }
        event.count = max(1, message.count)
        event.extra = Array(message.fields.utf8)
        event.text = Array(message.text.utf8)
        return event
    }

    @Test("what we write Apple's runtime reads, knows every field of, and would write the same", arguments: 0..<20 as Range<UInt64>)
    func ours(seed: UInt64) throws {
        var draws = Draws(seed: seed)
        let events = CodecPeerTests.events(&draws, .protocolBuffers, 40)
        let payload = Array(try #require(Packets.packet(events, .protocolBuffers)).dropFirst(PacketHeader.byteCount))
        let packet = try Statsreplay_Packet(serializedBytes: payload)
        #expect(try packet.events.map(Self.event).map(CodecPeerTests.line) == events.map(CodecPeerTests.line), "seed \(seed)")
        #expect(packet.unknownFields.data.isEmpty && packet.events.allSatisfy(\.unknownFields.data.isEmpty), "seed \(seed)")
        let again: [UInt8] = try packet.serializedBytes()
        #expect(again == payload, "seed \(seed)")
    }

    @Test("what Apple's runtime writes we read", arguments: 0..<20 as Range<UInt64>)
    func theirs(seed: UInt64) throws {
        var draws = Draws(seed: seed)
        let events = CodecPeerTests.events(&draws, .protocolBuffers, 40)
        var message = Statsreplay_Packet()
        message.events = try events.map(Self.message)
        let packet = Packets.packet(payload: try message.serializedBytes(), .protocolBuffers, eventCount: events.count)
        let (found, refusals) = try Packets.events(packet)
        #expect(refusals.isEmpty && found.map(CodecPeerTests.line) == events.map(CodecPeerTests.line), "seed \(seed)")
    }

    @Test("the generated code is that of the shipped file: the same fields by the same names")
    func inStep() throws {
        var full = SampleEvent(.gauge, "n", 1)
        (full.tags, full.extra, full.text, full.count) = ([0x74], [0x66], [0x78], 2)
        (full.rate, full.timestamp) = ((0.5).bitPattern, 1)
        full.flags = [.explicitTimestamp, .gaugeDelta]
        let generated = try Self.message(full).textFormatString().split(separator: "\n").map { $0.prefix { $0 != ":" } }
        let shipped = try String(contentsOfFile: "\(CodecPeerTests.sources)/stats.proto", encoding: .utf8)
        let message = try #require(shipped.range(of: "message Event {"))
        // `string name = 2;`: the name is the word in front of the sign; the enumeration's are in capitals.
        let names = shipped[message.upperBound...].split(separator: "\n").filter { !$0.contains("//") && $0.contains(" = ") }
            .map { $0.prefix { $0 != "=" }.split(separator: " ").last ?? "" }.filter { $0 != $0.uppercased() }
        #expect(generated == names)
    }

    @Test("a string that is no UTF-8 we send as it is and read again, and Apple's runtime refuses its packet")
    func notText() throws {
        var event = SampleEvent(.counter, "", 1)
        event.name = [0x78, 0xFF]
        let packet = try #require(Packets.packet([event], .protocolBuffers))
        #expect(try Packets.events(packet).events.map(\.name) == [event.name])
        #expect(throws: SwiftProtobuf.BinaryDecodingError.self) {
            try Statsreplay_Packet(serializedBytes: Array(packet.dropFirst(PacketHeader.byteCount)))
        }
    }
}
