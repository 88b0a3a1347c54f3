import Foundation
import StatsModel
import StatsWire
import Testing
import TestSupport

/// MessagePack and Protocol Buffers against Python's own packages: what we write they read, what they write we read.
struct CodecPeerTests {
    /// Whether a Python with that module runs here.
    static func has(_ module: String) -> Bool {
        guard PythonPeerTests.python != nil else { return false }
        return (try? PythonPeerTests.run("import \(module); print('yes')")) == ["yes"]
    }

    static let hasMessagePack = has("msgpack")
    /// The compiler is asked for descriptors only, so that its version and the runtime's may differ.
    static let hasProtobuf: Bool = {
        guard has("google.protobuf.message_factory") else { return false }
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
        return folders.contains { FileManager.default.isExecutableFile(atPath: "\($0)/protoc") }
    }()

    static let sources = Checkout.sources.appendingPathComponent("StatsWire").path

    /// Events whose strings are UTF-8, as those libraries demand.
    static func events(_ draws: inout Draws, _ codec: PacketCodec, _ count: Int) -> [SampleEvent] {
        (0..<count).map { _ in
            var event = SampleEvent.random(&draws, codec)
            for path in [\SampleEvent.name, \.extra, \.text, \.tags] {
                event[keyPath: path] = Array(String(decoding: event[keyPath: path], as: UTF8.self).utf8)
            }
            return event
        }
    }

    /// One event as both sides print it: type, bits of value and rate, time, stated or not, change or not, count, strings.
    static func line(_ event: SampleEvent) -> String {
        let strings = [event.name, event.tags, event.extra, event.text].map(PythonPeerTests.hexadecimal)
        let marks = [EventFlags.explicitTimestamp, .gaugeDelta].map { event.flags.contains($0) ? "1" : "0" }.joined()
        return "\(event.type.rawValue) \(String(event.value, radix: 16)) \(String(event.rate, radix: 16)) \(event.timestamp) "
            + "\(marks) \(event.count) \(strings.joined(separator: "/"))"
    }

    static let head = PythonPeerTests.unpack + #"""

        TYPES = ['counter', 'gauge', 'timing', 'histogram', 'distribution', 'set', 'event', 'service_check']
        def bits(number): return '%x' % struct.unpack('<Q', struct.pack('<d', number))
        def double(text): return struct.unpack('<d', struct.pack('<Q', int(text, 16)))[0]
        def hexes(*strings): return '/'.join(string.encode().hex() for string in strings)
        def packet(codec, count, payload):
            head = struct.pack('<4sBBHQQQHH', b'SRP1', 0, codec, count, 0x123456789ABCDEF, 7, 5, len(payload), 0)
            return (head + struct.pack('<I', zlib.crc32(head + bytes(4) + payload)) + payload).hex()
        def parse(line):
            kind, value, rate, time, marks, count, strings = line.split(' ')
            name, tags, extra, text = (bytes.fromhex(s).decode() for s in strings.split('/'))
            return TYPES[int(kind)], double(value), double(rate), int(time), marks, int(count), name, tags, extra, text
        """#

    static let messagePack = head + #"""

        import msgpack
        if sys.argv[1] == 'read':
            for line in sys.argv[2:]:
                packet = bytes.fromhex(line)
                kind, codec, count, *_ = check(packet)
                events = msgpack.unpackb(packet[40:])
                assert codec == 3 and len(events) == count
                for e in events:
                    print(TYPES.index(e['type']), bits(e.get('value', 0)), bits(e.get('rate', 1)), e['timestamp'],
                          '1%d' % bool(e.get('delta')), e.get('count', 1),
                          hexes(e['name'], ','.join(e.get('tags', [])), e.get('fields', ''), e.get('member', e.get('text', ''))))
        else:
            events = []
            for line in sys.argv[2:]:
                type, value, rate, time, marks, count, name, tags, extra, text = parse(line)
                e = {'name': name, 'type': type, 'value': value, 'rate': rate, 'timestamp': time, 'count': count,
                     'unknown': {'deep': [1, None, b'x' * 300]}, 7: 1.5}
                if tags: e['tags'] = tags.split(',')
                if marks[1] == '1': e['delta'] = True
                if extra: e['fields'] = extra
                e['member' if type == 'set' else 'text'] = text
                events.append(e)
            print(packet(3, len(events), msgpack.packb(events)))
            print(packet(3, len(events), msgpack.packb(events, use_single_float=False, use_bin_type=False)))
        """#

    static let protobuf = head + #"""

        import os, subprocess, tempfile
        from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
        source = sys.argv[2]
        with tempfile.TemporaryDirectory() as folder:
            out = os.path.join(folder, 'set')
            subprocess.run(['protoc', '-I', source, '--descriptor_set_out', out, 'stats.proto'], check=True)
            files = descriptor_pb2.FileDescriptorSet.FromString(open(out, 'rb').read())
        pool = descriptor_pool.DescriptorPool()
        for file in files.file: pool.Add(file)
        Packet = message_factory.GetMessageClass(pool.FindMessageTypeByName('statsreplay.Packet'))
        if sys.argv[1] == 'read':
            for line in sys.argv[3:]:
                data = bytes.fromhex(line)
                kind, codec, count, *_ = check(data)
                message = Packet.FromString(data[40:])
                assert codec == 2 and len(message.events) == count
                # The same bytes as the runtime writes: fields in order, defaults left out.
                assert message.SerializeToString(deterministic=True) == data[40:]
                for e in message.events:
                    print(e.type, bits(e.value), bits(e.rate if e.HasField('rate') else 1), e.timestamp,
                          '%d%d' % (e.stated_timestamp, e.delta), e.count or 1,
                          hexes(e.name, ','.join(e.tags), e.fields, e.text))
        else:
            message = Packet()
            for line in sys.argv[3:]:
                type, value, rate, time, marks, count, name, tags, extra, text = parse(line)
                e = message.events.add(type=TYPES.index(type), name=name, value=value, rate=rate, timestamp=time,
                                       stated_timestamp=marks[0] == '1', delta=marks[1] == '1', count=count,
                                       fields=extra, text=text)
                if tags: e.tags.extend(tags.split(','))
            print(packet(2, len(message.events), message.SerializeToString()))
        """#

    private static func check(_ codec: PacketCodec, _ script: String, _ source: [String], seed: UInt64) throws {
        var draws = Draws(seed: seed)
        let events = events(&draws, codec, 40)
        let ours = try #require(Packets.packet(events, codec))
        let lines = events.map(line)
        #expect(try PythonPeerTests.run(script, ["read"] + source + [PythonPeerTests.hexadecimal(ours)]) == lines, "seed \(seed)")
        for packet in try PythonPeerTests.run(script, ["write"] + source + lines) {
            let (found, refusals) = try Packets.events(try PythonPeerTests.bytes(packet))
            #expect(refusals.isEmpty && found.map(line) == lines, "seed \(seed)")
        }
    }

    @Test("MessagePack of ours and of Python's msgpack say the same",
        .enabled(if: hasMessagePack, "python3 with msgpack is not installed"), arguments: 0..<5 as Range<UInt64>)
    func messagePackPeer(seed: UInt64) throws {
        try Self.check(.messagePack, Self.messagePack, [], seed: seed)
    }

    @Test("Protocol Buffers of ours and of Python's protobuf say the same, ours to the byte",
        .enabled(if: hasProtobuf, "python3 with protobuf, or protoc, is not installed"), arguments: 0..<5 as Range<UInt64>)
    func protobufPeer(seed: UInt64) throws {
        try Self.check(.protocolBuffers, Self.protobuf, [Self.sources], seed: seed)
    }
}
