import Foundation
import StatsModel
import StatsWire
import Testing
import TestSupport

/// Another program, with nothing but its own zlib, struct and json, makes and reads the same packets.
struct PythonPeerTests {
    static let python = ExternalProgram("python3")

    /// Runs a script with these arguments; its lines.
    static func run(_ script: String, _ arguments: [String] = []) throws -> [String] {
        let outcome = try #require(python).run(["-c", script] + arguments)
        try #require(outcome.status == 0, "\(outcome.errors)")
        return outcome.lines
    }

    static func hexadecimal(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    static func bytes(_ hexadecimal: String) throws -> [UInt8] {
        let digits = Array(hexadecimal)
        return try stride(from: 0, to: digits.count, by: 2).map { index in
            try #require(UInt8(String(digits[index..<index + 2]), radix: 16))
        }
    }

    static let unpack = """
        import json, struct, sys, zlib
        HEAD = struct.Struct('<4sBBHQQQHHI')
        def check(packet):
            magic, kind, codec, count, session, sequence, time, length, flags, crc = HEAD.unpack_from(packet)
            assert magic == b'SRP1' and flags == 0 and length == len(packet) - 40 == len(packet[40:])
            assert zlib.crc32(packet[:36] + bytes(4) + packet[40:]) == crc
            return kind, codec, count, session, sequence, time
        """

    @Test("a JSON packet made by Python is read", .enabled(if: python != nil, "python3 is not installed"))
    func theirs() throws {
        let script = #"""
            import json, struct, zlib
            events = [
                {"name": "http.requests", "type": "counter", "value": 1, "tags": ["env:prod"], "rate": 1,
                 "timestamp": 1700000000000000000},
                {"name": "grüße \"quoted\"\n🦊", "type": "gauge", "value": -2.5e-3, "delta": True},
                {"name": "users", "type": "set", "member": "ü"},
                {"name": "deploy", "type": "event", "text": "done\nall", "fields": "t:info"},
                {"name": "redis", "type": "service_check", "value": 2, "text": "down"},
                {"name": "latency", "type": "distribution", "value": 0.1, "rate": 0.25, "tags": ["a", "b:c"]},
            ]
            for text in (json.dumps(events), json.dumps(events, ensure_ascii=False, indent=1)):
                payload = text.encode()
                head = struct.pack('<4sBBHQQQHH', b'SRP1', 0, 4, len(events), 0x123456789ABCDEF, 7, 5, len(payload), 0)
                print((head + struct.pack('<I', zlib.crc32(head + bytes(4) + payload)) + payload).hex())
            """#
        let packets = try Self.run(script)
        #expect(packets.count == 2)
        for packet in packets {
            let bytes = try Self.bytes(packet)
            let header = try PacketHeader(decoding: bytes.span)
            #expect(header.sequence == 7 && header.session == Packets.session && header.eventCount == 6)
            #expect(
                try DecodedSteps.ofPacket(bytes) == [
                    "counter http.requests 1.0 #env:prod at 1700000000000000000 (scratch)",
                    "gauge grüße \"quoted\"\n🦊 -0.0025 delta (scratch)",
                    "set users \"ü\" (scratch)",
                    "event deploy \"done\nall\" |t:info (scratch)",
                    "service_check redis 2.0 \"down\" (scratch)",
                    "distribution latency 0.1 @0.25 #a,b:c (scratch)",
                ])
        }
    }

    @Test("our JSON packets are whole for Python, and say the same numbers and strings",
        .enabled(if: python != nil, "python3 is not installed"), arguments: 0..<3 as Range<UInt64>)
    func ours(_ seed: UInt64) throws {
        var draws = Draws(seed: seed)
        var expected: [String] = []
        var packets: [String] = []
        for sequence in 1...4 as ClosedRange<UInt64> {
            var events = (0..<8).map { _ in SampleEvent.random(&draws, .json) }
            // Python reads UTF-8 only; a string that was cut inside a character is none.
            for index in events.indices {
                for path in [\SampleEvent.name, \.extra, \.text, \.tags] {
                    events[index][keyPath: path] = Array(String(decoding: events[index][keyPath: path], as: UTF8.self).utf8)
                }
            }
            var builder = PacketBuilder(maximumSize: 8972, codec: .json)
            builder.begin(timestamp: 5)
            for event in events { #expect(event.append(to: &builder) == .appended) }
            packets.append(Self.hexadecimal(Packets.seal(&builder, sequence: sequence)))
            expected.append("0 4 8 \(Packets.session) \(sequence) 5")
            for event in events {
                let hasValue = event.type != .set && event.type != .event
                let value = hasValue ? String(event.value, radix: 16) : "none"
                let strings = [event.name, event.tags, event.extra, event.text].map(Self.hexadecimal).joined(separator: "/")
                expected.append(
                    "\(event.type.name) \(value) \(String(event.rate, radix: 16)) \(event.timestamp) "
                        + "\(event.flags.contains(.gaugeDelta)) \(event.count) \(strings)")
            }
        }
        let script = Self.unpack + #"""

            def bits(number): return '%x' % struct.unpack('<Q', struct.pack('<d', number))
            for line in sys.argv[1:]:
                packet = bytes.fromhex(line)
                print(*check(packet))
                for event in json.loads(packet[40:]):
                    strings = [event['name'], ','.join(event.get('tags', [])), event.get('fields', ''),
                               event.get('member', event.get('text', ''))]
                    print(event['type'], bits(event['value']) if 'value' in event else 'none', bits(event.get('rate', 1)),
                          event['timestamp'], 'true' if event.get('delta') else 'false', event.get('count', 1),
                          '/'.join(string.encode().hex() for string in strings))
            """#
        #expect(try Self.run(script, packets) == expected, "seed \(seed)")
    }

    @Test("our binary packets are whole for Python, record by record",
        .enabled(if: python != nil, "python3 is not installed"), arguments: 0..<3 as Range<UInt64>)
    func binary(_ seed: UInt64) throws {
        var draws = Draws(seed: seed)
        let events = (0..<20).map { _ in SampleEvent.random(&draws, .binary) }
        let packet = try #require(Packets.packet(events, .binary))
        let script = Self.unpack + #"""

            packet = bytes.fromhex(sys.argv[1])
            kind, codec, count, session, sequence, time = check(packet)
            position = 40
            def take(size):
                global position
                position += size
                return packet[position - size:position]
            def varint():
                number, shift = 0, 0
                while True:
                    byte = take(1)[0]
                    number |= (byte & 127) << shift
                    shift += 7
                    if byte < 128: return number
            for _ in range(count):
                first, second, names, tags = struct.unpack('<BBHH', take(6))
                name, tags = take(names), take(tags)
                value = take(8)[::-1].hex().lstrip('0') or '0' if first & 15 not in (5, 6) else '0'
                rate = take(8)[::-1].hex().lstrip('0') if first & 16 else '3ff0000000000000'
                number = varint()
                stamp = (time + ((number >> 1) ^ -(number & 1)) + 2**63) % 2**64 - 2**63
                events = varint() if second & 2 else 1
                extra = take(struct.unpack('<H', take(2))[0]) if first & 64 else b''
                text = take(struct.unpack('<H', take(2))[0]) if first & 32 else b''
                print(first & 15, value, rate, stamp, first >> 7 | (second & 1) << 1, events,
                      '/'.join(string.hex() for string in (name, tags, extra, text)))
            assert position == len(packet)
            """#
        let expected = events.map { event in
            let strings = [event.name, event.tags, event.extra, event.text].map(Self.hexadecimal).joined(separator: "/")
            return "\(event.type.rawValue) \(String(event.value, radix: 16)) \(String(event.rate, radix: 16)) "
                + "\(event.timestamp) \(event.flags.rawValue) \(event.count) \(strings)"
        }
        #expect(try Self.run(script, [Self.hexadecimal(packet)]) == expected, "seed \(seed)")
    }
}
