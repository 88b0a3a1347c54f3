import StatsModel
import StatsReceiver
import StatsWire

/// Encoding and decoding of events.
extension HotPath {
    /// Every packet codec, with its limit for encoding one event.
    private static var codecs: [(codec: PacketCodec, bar: Double?)] {
        PacketCodec.allCases.compactMap { codec in
            switch codec {
            case .none: nil
            case .binary: (codec, 25)
            case .protocolBuffers: (codec, 50)
            case .messagePack, .json: (codec, nil)
            }
        }
    }

    /// The samples for text: the guide's event, and an event whose number has the most digits.
    private static var texts: [(String, TextDialect, SampleRecord)] {
        [
            ("dogstatsd", .dogstatsd, .guide),
            ("statsd", .statsd, SampleRecord(.gauge, "test.metric", tags: "", value: 123.45)),
            ("statsd, a whole number", .statsd, SampleRecord(.counter, "test.metric", tags: "", value: 1)),
            ("statsd, seventeen digits", .statsd, SampleRecord(.timing, "test.metric", tags: "", value: 123.45678901234568)),
        ]
    }

    static var encoding: [HotPath] {
        codecs.map { codec, bar in
            HotPath("encode one event, \(codec)", bar: bar) {
                var builder = PacketBuilder(maximumSize: 1472, codec: codec)
                builder.begin(timestamp: UInt64(SampleRecord.guide.timestamp))
                return HotLoop { SampleRecord.guide.encode($0, into: &builder) }
            }
        } + texts.map { name, dialect, record in
            HotPath("encode one line, \(name)") {
                var builder = TextBuilder(maximumSize: 1472, dialect: dialect)
                builder.begin()
                return HotLoop { record.encode($0, into: &builder) }
            }
        } + [
            HotPath("CRC-32 of 1472 bytes", bar: 40, batch: 200) {
                let bytes = (0..<1472).map { UInt8(truncatingIfNeeded: $0 &* 31) }
                return HotLoop { count in
                    // Each checksum continues the one before, so that the compiler cannot skip any.
                    var crc: UInt32 = 0
                    for _ in 0..<count { crc = CRC32.update(crc, bytes.span, 0..<1472) }
                    BlackHole.swallow(crc)
                }
            }
        ]
    }

    static var decoding: [HotPath] {
        codecs.map { codec, _ in
            // In a debug build a JSON record needs 40 allocations, because its arrays and closures live on the heap.
            HotPath("decode one event, \(codec)", allocationLimit: codec == .json ? 50 : 0) {
                let packet = SampleRecord.guide.packet(codec)
                let header = try PacketHeader(decoding: packet.span)
                var decoder = EventDecoder()
                return HotLoop { decode(&decoder, packet, header, $0) }
            }
        } + [
            receiving("receive a packet of 1472 bytes: checksum, sequence", countsRecords: false),
            receiving("receive a packet of 1472 bytes, events counted", countsRecords: true),
            HotPath("decode one line of DogStatsD") {
                let text = Array("http.latency:12.5|ms|@0.5|#env:prod,host:server1\n".utf8)
                var decoder = EventDecoder()
                return HotLoop { read(&decoder, text, $0) }
            },
        ]
    }

    /// Receives a full packet. Without counting, the receiver reads only the header and the checksum.
    private static func receiving(_ name: String, countsRecords: Bool) -> HotPath {
        HotPath(name, batchAllocations: 40, batch: 200) {
            var configuration = ReceiverConfiguration()
            configuration.countsRecords = countsRecords
            let packets = (1...200).map { SampleRecord.guide.packet(.binary, sequence: UInt64($0)) }
            // Each batch has a new receiver, so that no number repeats.
            return HotLoop { count in
                var receiver = StatsReceiver(configuration: configuration)
                var taken = 0
                for number in 0..<count {
                    let packet = packets[number % packets.count]
                    let outcome = receiver.receive(packet.span, from: SourceID(0), at: .start)
                    if case .accepted = outcome { taken += 1 }
                }
                BlackHole.swallow(taken)
            }
        }
    }

    /// Decodes the packet repeatedly until `count` events are decoded.
    private static func decode(
        _ decoder: inout EventDecoder, _ packet: [UInt8], _ header: PacketHeader, _ count: Int
    ) {
        var (left, sum) = (count, 0.0)
        let bytes = packet.span
        while left > 0 {
            decoder.beginPacket(bytes, header: header)
            reading: while left > 0 {
                switch decoder.next(bytes) {
                case .event(let event):
                    sum += event.value + Double(event.name.count)
                    left -= 1
                case .malformed: preconditionFailure("a packet of our own is readable")
                case .end: break reading
                }
            }
        }
        BlackHole.swallow(sum)
    }

    private static func read(_ decoder: inout EventDecoder, _ text: [UInt8], _ count: Int) {
        var sum = 0.0
        for _ in 0..<count {
            decoder.beginText(text.span)
            while case .event(let event) = decoder.next(text.span) { sum += event.value }
        }
        BlackHole.swallow(sum)
    }
}
