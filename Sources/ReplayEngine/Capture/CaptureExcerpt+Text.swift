import PacketCapture
import StatsModel
import StatsWire

extension CaptureExcerpt {
    /// The lines of one datagram, safe to print anywhere; of a sequenced packet only that it is one.
    package func lines(of index: Int) -> [String] {
        let payload = payload(of: index)
        if PacketHeader.isSequenced(payload.span) { return ["packet of \(payload.count) bytes"] }
        return payload.split(separator: UInt8(ascii: "\n")).map { line in
            ByteExcerpt.text(line.span, ByteRange(0..<line.count), limit: 160)
        }
    }

    /// The same events with every sequenced packet said in DogStatsD text, a line each, so that single ones can be left
    /// out and people can read them. Packets without events are gone.
    ///
    /// nil where there is no sequenced packet, and where text has no words for one of their events: an aggregate, or a
    /// string with a byte that would end it.
    package func asText() -> CaptureExcerpt? {
        guard indices.contains(where: { withPayload(of: $0, PacketHeader.isSequenced) }) else { return nil }
        var result = CaptureExcerpt()
        var builder = TextBuilder(maximumSize: 65_507, dialect: .dogstatsd)
        var decoder = EventDecoder()
        for index in indices {
            let isWhole = withPayload(of: index) { bytes -> Bool in
                guard PacketHeader.isSequenced(bytes) else {
                    result.append(self[index], bytes)
                    return true
                }
                builder.begin()
                var start = 0
                while start < bytes.count {
                    let rest = bytes.extracting(start..<bytes.count)
                    let packet = rest.extracting(0..<PacketSplitter.length(ofFirstIn: rest))
                    guard Self.write(packet, &decoder, to: &builder) else { return false }
                    start += packet.count
                }
                if builder.eventCount > 0 { builder.withBytes { result.append(self[index], $0) } }
                return true
            }
            guard isWhole else { return nil }
        }
        return result
    }

    /// Whether text that ``asText()`` made of this excerpt's packets holds levels that are taken for changes where each sender
    /// decides its dialect, and no sender's own text is among it.
    package func isReadAsChanges(since packets: CaptureExcerpt) -> Bool {
        let isAllPackets = packets.indices.allSatisfy { packets.withPayload(of: $0, PacketHeader.isSequenced) }
        guard isAllPackets else { return false }
        var senders = SenderDialects.survey(self)
        var decoder = EventDecoder()
        for index in indices {
            withPayload(of: index) { bytes in
                decoder.beginText(bytes, dialect: senders.dialect(of: self[index].source))
                while decoder.next(bytes) != .end {}
            }
        }
        return decoder.dialectCounts.signedChanges > 0
    }

    /// Writes the events of one packet; one whose checksum fails holds none. False where one cannot be said.
    private static func write(
        _ packet: Span<UInt8>, _ decoder: inout EventDecoder, to builder: inout TextBuilder
    ) -> Bool {
        guard let header = try? PacketHeader(decoding: packet) else { return true }
        decoder.beginPacket(packet, header: header)
        while true {
            switch decoder.next(packet) {
            case .event(let event):
                let scratch = event.isInScratch ? decoder.scratch : []
                let bytes = event.isInScratch ? scratch.span : packet
                let slot = StatEvent(
                    metric: MetricID(0), value: event.value, timestamp: event.timestamp, rate: event.rate,
                    count: event.count, flags: event.flags)
                let key = MetricCatalog.Key(event.type, name: event.name, tags: event.tags, extra: event.extra)
                guard event.count == 1, builder.append(slot, key: key, keys: bytes, text: event.text, texts: bytes) == .appended
                else { return false }
            case .malformed: break
            case .end: return true
            }
        }
    }
}
