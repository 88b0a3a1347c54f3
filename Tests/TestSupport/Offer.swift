package import StatsModel
package import StatsWire

/// One event as people read it: what a test offers to the client, and what it finds in the packets.
package struct Offer: Equatable, Sendable, CustomStringConvertible {
    package var type: MetricType
    package var name: String
    package var tags = ""
    package var extra = ""
    package var text = ""
    package var value = 0.0
    package var rate = 1.0
    package var timestamp: Int64 = 0
    package var flags: EventFlags = []
    /// How many events it stands for.
    package var count: UInt32 = 1

    /// Zero stands for no time but where the flags say that it is one.
    private var isStated: Bool { timestamp != 0 || flags.contains(.explicitTimestamp) }

    package var description: String { "\(type.name) \(name.prefix(40))" }

    /// The bytes and ranges a decoder would hand over. Something stands in front, so that a range which forgets where
    /// it begins is found out.
    package var decoded: (event: DecodedEvent, bytes: [UInt8]) {
        var bytes: [UInt8] = [0xFF, 0xFE]
        func append(_ string: String) -> ByteRange {
            bytes.append(contentsOf: string.utf8)
            return ByteRange(bytes.count - string.utf8.count..<bytes.count)
        }
        let event = DecodedEvent(
            type: type, flags: flags, value: value, rate: rate, timestamp: isStated ? timestamp : nil, name: append(name),
            tags: append(tags), text: append(text), extra: append(extra), count: count)
        return (event, bytes)
    }

    package init(
        _ type: MetricType, _ name: String, tags: String = "", extra: String = "", text: String = "",
        value: Double = 0, rate: Double = 1, timestamp: Int64 = 0, flags: EventFlags = []
    ) {
        self.type = type
        self.name = name
        self.tags = tags
        self.extra = extra
        self.text = text
        self.value = value
        self.rate = rate
        self.timestamp = timestamp
        self.flags = flags
    }

    package init(_ event: DecodedEvent, bytes: Span<UInt8>) {
        func string(_ range: ByteRange) -> String {
            String(decoding: range.range.map { bytes[$0] }, as: UTF8.self)
        }
        self.init(
            event.type, string(event.name), tags: string(event.tags), extra: string(event.extra),
            text: string(event.text), value: event.value, rate: event.rate, timestamp: event.timestamp,
            flags: event.flags)
        count = event.count
    }

    /// What the shared definition says of this event, reckoned without any catalog.
    package func content(recordedAt recorded: Int64 = 0) -> UInt64 {
        let (event, bytes) = decoded
        return EventContent.hash(
            type,
            metricKey: EventContent.key(type, bytes.span, name: event.name, tags: event.tags, extra: event.extra),
            value: value, rate: rate, timestamp: isStated ? timestamp : recorded, flags: flags,
            bytes: bytes.span, name: event.name, tags: event.tags, extra: event.extra, text: event.text, count: count)
    }

    /// As it must arrive: tags of a metric as a sorted set, texts without escapes, the time filled in.
    package func arrived(recordedAt recorded: Int64 = 0) -> Offer {
        var other = self
        if type.isMetric { other.tags = Set(tags.split(separator: ",")).sorted().joined(separator: ",") }
        if flags.contains(.escapedText) {
            var characters: [Character] = []
            for character in text {
                if character == "n", characters.last == "\\" {
                    characters[characters.count - 1] = "\n"
                } else {
                    characters.append(character)
                }
            }
            other.text = String(characters)
        }
        if !isStated { other.timestamp = recorded }
        // Only this one says something of the value; the others say how the text and the time were written.
        other.flags = flags.intersection(.gaugeDelta)
        return other
    }
}
