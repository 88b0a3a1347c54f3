import StatsModel
import StatsWire
import TestSupport

/// An event with its strings, as it goes into a packet and as it comes out.
struct SampleEvent: Equatable, CustomStringConvertible {
    var type: MetricType
    var name: [UInt8]
    var tags: [UInt8] = []
    var extra: [UInt8] = []
    var text: [UInt8] = []
    /// The bits of value and rate, so that NaN and the sign of zero count.
    var value: UInt64 = 0
    var rate = (1.0).bitPattern
    var timestamp: Int64 = 0
    var flags: EventFlags = []
    /// How many events the record stands for.
    var count: UInt32 = 1

    init(_ type: MetricType, _ name: String, _ value: Double = 0) {
        self.type = type
        self.name = Array(name.utf8)
        self.value = value.bitPattern
    }

    init(_ event: DecodedEvent, in bytes: [UInt8]) {
        type = event.type
        name = Array(bytes[event.name.range])
        tags = Array(bytes[event.tags.range])
        extra = Array(bytes[event.extra.range])
        text = Array(bytes[event.text.range])
        value = event.value.bitPattern
        rate = event.rate.bitPattern
        timestamp = event.timestamp
        flags = event.flags
        count = event.count
    }

    /// What a codec can state, and nothing else: JSON has finite values only, and always states the time.
    static func random(_ draws: inout Draws, _ codec: PacketCodec, longest: Int = 40) -> SampleEvent {
        var event = SampleEvent(draws.pick(MetricType.allCases), "")
        event.name = draws.string(1 + draws.below(longest))
        if draws.chance(oneIn: 2) {
            let tags = (0...draws.below(4)).map { _ in draws.string(draws.below(10)).filter { $0 != UInt8(ascii: ",") } }
            event.tags = Array(tags.joined(separator: [UInt8(ascii: ",")]))
        }
        if draws.chance(oneIn: 3) { event.extra = draws.string(draws.below(longest)) }
        switch event.type {
        case .set, .event: event.text = draws.string(draws.below(longest))
        case .serviceCheck:
            event.text = draws.string(draws.below(longest))
            event.value = Double(draws.below(4)).bitPattern
        case .counter, .gauge, .timing, .histogram, .distribution: event.value = draws.number(codec).bitPattern
        }
        if draws.chance(oneIn: 3) {
            let rate = Double(draws.next() >> 11) * 0x1p-53
            event.rate = (rate > 0 ? rate : 0.5).bitPattern
        }
        event.timestamp =
            switch draws.below(4) {
            case 0: Int64(bitPattern: draws.next())
            case 1: draws.pick([0, .max, .min, -1])
            default: Packets.time + Int64(draws.below(2_000_000_000)) - 1_000_000_000
            }
        if codec == .json || codec == .messagePack || draws.chance(oneIn: 2) { event.flags.insert(.explicitTimestamp) }
        if event.type == .gauge, draws.chance(oneIn: 2) { event.flags.insert(.gaugeDelta) }
        if event.type.isAggregable, draws.chance(oneIn: 4) {
            event.count = draws.pick([2, 127, 128, 16_383, 16_384, 2_097_152, StatEvent.largestCount])
        }
        return event
    }

    func append(to builder: inout PacketBuilder) -> PacketBuilder.AppendResult {
        let keys = name + tags + extra
        let tagsStart = name.count
        let extraStart = tagsStart + tags.count
        let key = MetricCatalog.Key(
            type, name: ByteRange(0..<tagsStart), tags: ByteRange(tagsStart..<extraStart),
            extra: ByteRange(extraStart..<keys.count))
        let event = StatEvent(
            metric: MetricID(0), value: Double(bitPattern: value), timestamp: timestamp, rate: Double(bitPattern: rate),
            count: count, flags: flags)
        // The text does not begin its buffer, so that a range that is ignored shows.
        let texts = [0x21, 0x21] + text
        return builder.append(event, key: key, keys: keys.span, text: ByteRange(2..<texts.count), texts: texts.span)
    }

    var description: String {
        let strings = [name, tags, extra, text].map { String(decoding: $0, as: UTF8.self).debugDescription }
        let (value, rate) = (Double(bitPattern: value), Double(bitPattern: rate))
        return "\(type.name) \(strings.joined(separator: " ")) \(value) @\(rate) at \(timestamp) flags \(flags.rawValue) count \(count)"
    }
}

/// Whole packets made in one go.
enum Packets {
    static let time: Int64 = 1_700_000_000_000_000_000
    static let session: UInt64 = 0x0123_4567_89AB_CDEF

    static func seal(_ builder: inout PacketBuilder, sequence: UInt64 = 1) -> [UInt8] {
        _ = builder.seal(session: session, sequence: sequence)
        return bytes(of: builder)
    }

    static func bytes(of builder: borrowing PacketBuilder) -> [UInt8] {
        builder.withBytes { span in
            var bytes: [UInt8] = []
            for index in 0..<span.count { bytes.append(span[index]) }
            return bytes
        }
    }

    /// A packet of these events; nil where one of them does not go in.
    static func packet(_ events: [SampleEvent], _ codec: PacketCodec, maximumSize: Int = 65_507) -> [UInt8]? {
        var builder = PacketBuilder(maximumSize: maximumSize, codec: codec)
        builder.begin(timestamp: UInt64(time))
        for event in events where event.append(to: &builder) != .appended { return nil }
        return seal(&builder)
    }

    /// A packet with this payload, whatever it holds.
    static func packet(payload: [UInt8], _ codec: PacketCodec, eventCount: Int, kind: PacketKind = .data) -> [UInt8] {
        var packet: [UInt8] = Array("SRP1".utf8) + [kind.rawValue, codec.rawValue]
        packet += little(UInt64(eventCount), 2) + little(session, 8) + little(1, 8) + little(UInt64(time), 8)
        packet += little(UInt64(payload.count), 2) + [0, 0, 0, 0, 0, 0] + payload
        return sealed(packet)
    }

    /// The packet with its length and its checksum made right again.
    static func sealed(_ packet: [UInt8]) -> [UInt8] {
        var packet = packet
        packet.replaceSubrange(32..<34, with: little(UInt64(packet.count - 40), 2))
        packet.replaceSubrange(36..<40, with: [0, 0, 0, 0])
        packet.replaceSubrange(36..<40, with: little(UInt64(CRC32.update(0, packet.span, 0..<packet.count)), 4))
        return packet
    }

    static func little(_ number: UInt64, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * UInt64($0))) }
    }

    /// The events of a packet, and how many refusals there were. The end must come within `bytes.count + 3` steps.
    static func events(_ bytes: [UInt8]) throws(PacketFault) -> (events: [SampleEvent], refusals: [MalformedReason]) {
        var decoder = EventDecoder()
        decoder.beginPacket(bytes.span, header: try PacketHeader(decoding: bytes.span))
        var events: [SampleEvent] = []
        var refusals: [MalformedReason] = []
        for _ in 0..<bytes.count + 3 {
            switch decoder.next(bytes.span) {
            case .event(let event): events.append(SampleEvent(event, in: event.isInScratch ? decoder.scratch : bytes))
            case .malformed(let reason, _): refusals.append(reason)
            case .end: return (events, refusals)
            }
        }
        preconditionFailure("no end after \(bytes.count + 3) steps")
    }
}

extension Draws {
    /// Names as they come, and as they should not: quotes, control characters, several bytes a character, any byte.
    mutating func string(_ count: Int) -> [UInt8] {
        let pieces: [[UInt8]] = ["\"", "\\", "\n", "\u{0}", "\u{1F}", "\u{7F}", "ü", "日", "🦊", "/", "{}[]:,|"].map { Array($0.utf8) }
        var bytes: [UInt8] = []
        while bytes.count < count {
            if chance(oneIn: 8) { bytes += pick(pieces) } else { bytes.append(UInt8(97 + below(26))) }
        }
        return Array(bytes.prefix(count))
    }

    mutating func number(_ codec: PacketCodec) -> Double {
        let number =
            switch below(6) {
            case 0: Double(bitPattern: next())
            case 1: pick([0, -0.0, 1, .nan, -.signalingNaN, .infinity, .leastNonzeroMagnitude, .greatestFiniteMagnitude])
            case 2: Double(below(2_000_000) - 1_000_000) / 1000
            case 3: Double(Int64(bitPattern: next()))
            case 4: Double(below(1000)) * 0.1
            default: Double(below(2000) - 1000)
            }
        return codec == .json && !number.isFinite ? 0.1 : number
    }
}
