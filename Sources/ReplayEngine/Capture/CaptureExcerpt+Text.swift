import PacketCapture
import StatsModel
import StatsWire

extension CaptureExcerpt {
    /// The lines of one datagram, safe to print anywhere. A sequenced packet is only named.
    package func lines(of index: Int) -> [String] {
        let payload = payload(of: index)
        if PacketHeader.isSequenced(payload.span) { return ["packet of \(payload.count) bytes"] }
        return payload.split(separator: UInt8(ascii: "\n")).map { line in
            ByteExcerpt.text(line.span, ByteRange(0..<line.count), limit: 160)
        }
    }

    /// The same events, with every sequenced packet rewritten as DogStatsD text. Each event gets a line, so that single events
    /// can be left out and people can read them. Packets without events are removed.
    ///
    /// nil if there is no sequenced packet, or if text cannot express an event: an aggregate, or a string with a byte that would
    /// end it.
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

    /// Whether this text reads negative gauge levels as changes, given that each sender's dialect is recognised. `packets` is the
    /// excerpt from which ``asText()`` made this one. False if it held any text of its own.
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

    /// Writes the events of one packet. A packet with a wrong checksum has none. False if text cannot express an event.
    private static func write(
        _ packet: Span<UInt8>, _ decoder: inout EventDecoder, to builder: inout TextBuilder
    ) -> Bool {
        guard let header = try? PacketHeader(decoding: packet) else { return true }
        decoder.beginPacket(packet, header: header)
        var isWhole = true
        decoder.forEach(packet) { event, bytes in
            let slot = StatEvent(
                metric: MetricID(0), value: event.value, timestamp: event.timestamp, rate: event.rate,
                count: event.count, flags: event.flags)
            let key = MetricCatalog.Key(event.type, name: event.name, tags: event.tags, extra: event.extra)
            guard isWhole, event.count == 1,
                builder.append(slot, key: key, keys: bytes, text: event.text, texts: bytes) == .appended
            else {
                isWhole = false
                return
            }
        } malformed: { _, _ in
        }
        return isWhole
    }
}
