import StatsModel
import StatsWire

/// Decoding an encoded event gives the same event. The builder and the decoder check each other.
enum CodecRoundTrip {
    private static let packetSize = 1472
    private static let session: UInt64 = 0x0123_4567_89AB_CDEF
    private static let now: UInt64 = 1_700_000_000_000_000_000

    /// Packs the events into as many packets as needed, and decodes each packet.
    static func check(_ events: [PlainEvent], codec: PacketCodec) {
        var builder = PacketBuilder(maximumSize: packetSize, codec: codec)
        var open: [PlainEvent] = []
        builder.begin(timestamp: now)
        for event in events where codec != .json || event.isUTF8 {
            var event = event
            if !event.hasOwnTimestamp { event.timestamp = Int64(now) }
            if append(event, to: &builder, open: &open) { open.append(event) }
        }
        if !open.isEmpty { seal(&builder, open) }
    }

    /// One sealed packet with as many of the events as fit.
    static func packet(of events: [PlainEvent], codec: PacketCodec) -> [UInt8] {
        var builder = PacketBuilder(maximumSize: packetSize, codec: codec)
        builder.begin(timestamp: now)
        for event in events { _ = appendOnce(event, to: &builder) }
        _ = builder.seal(session: session, sequence: 7)
        return builder.withBytes { Bytes.copy($0) }
    }

    /// Adds the event to the open packet. Returns false if it is too large for any packet.
    private static func append(_ event: PlainEvent, to builder: inout PacketBuilder, open: inout [PlainEvent]) -> Bool {
        let first = appendOnce(event, to: &builder)
        guard first == .packetFull else { return first == .appended }
        require(!open.isEmpty, "an empty packet is full")
        seal(&builder, open)
        open = []
        builder.begin(timestamp: now)
        let second = appendOnce(event, to: &builder)
        require(second != .packetFull, "an empty packet is full")
        return second == .appended
    }

    private static func appendOnce(_ event: PlainEvent, to builder: inout PacketBuilder) -> PacketBuilder.AppendResult {
        let keys = event.name + event.tags + event.extra
        let endOfTags = event.name.count + event.tags.count
        let key = MetricCatalog.Key(
            event.type, name: ByteRange(0..<event.name.count), tags: ByteRange(event.name.count..<endOfTags),
            extra: ByteRange(endOfTags..<keys.count))
        var flags: EventFlags = []
        if event.isDelta { flags.insert(.gaugeDelta) }
        if event.hasOwnTimestamp { flags.insert(.explicitTimestamp) }
        let slot = StatEvent(
            metric: MetricID(0), value: Double(bitPattern: event.value), timestamp: event.timestamp,
            rate: Double(bitPattern: event.rate), count: event.count, flags: flags)
        let before = builder.eventCount
        let result = builder.append(
            slot, key: key, keys: keys.span, text: ByteRange(0..<event.text.count), texts: event.text.span)
        require(builder.eventCount == before + (result == .appended ? 1 : 0), "the builder counts what it appended")
        require(builder.byteCount <= packetSize, "\(builder.byteCount) bytes in a packet of \(packetSize)")
        return result
    }

    private static func seal(_ builder: inout PacketBuilder, _ events: [PlainEvent]) {
        let count = builder.seal(session: session, sequence: 7)
        let packet = builder.withBytes { Bytes.copy($0) }
        require(packet.count == count, "a sealed packet is as long as its builder says")
        do throws(PacketFault) {
            let header = try PacketHeader(decoding: packet.span)
            require(Int(header.eventCount) == events.count, "the header counts \(header.eventCount) of \(events.count) events")
            require(header.session == session && header.sequence == 7 && header.timestamp == now, "the header's numbers")
            let (found, malformed) = PacketProperties.decode(packet, header: header)
            require(malformed == 0, "\(malformed) records of our own are refused")
            require(found.count == events.count, "\(found.count) of \(events.count) events come back")
            for (event, back) in zip(events, found) { compare(event, back, codec: header.codec) }
        } catch {
            require(false, "our own packet is refused: \(error)")
        }
    }

    private static func compare(_ event: PlainEvent, _ back: PlainEvent, codec: PacketCodec) {
        var (event, back) = (event, back)
        // A decoder may report a time as the sender's own where the builder stated when the event was recorded.
        if !event.hasOwnTimestamp { back.hasOwnTimestamp = false }
        // JSON drops empty tags at both ends of the list. They have no meaning.
        if codec == .json { (event.tags, back.tags) = (withoutEmpty(event.tags), withoutEmpty(back.tags)) }
        require(event == back, "\(codec): \(event) came back as \(back)")
    }

    private static func withoutEmpty(_ tags: [UInt8]) -> [UInt8] {
        let comma = UInt8(ascii: ",")
        return Array(tags.split(separator: comma).joined(separator: [comma]))
    }
}
