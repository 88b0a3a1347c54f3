import StatsModel
import StatsWire

/// A decoded event with copies of its strings, so that it can be kept and compared after the datagram is gone.
struct PlainEvent: Equatable, CustomStringConvertible {
    var type: MetricType
    var isDelta: Bool
    var hasOwnTimestamp: Bool
    /// The value's bits, so that not-a-number can be compared.
    var value: UInt64
    var rate: UInt64
    var timestamp: Int64
    /// The number of events that the record represents (sampling).
    var count: UInt32
    var name: [UInt8]
    var tags: [UInt8]
    /// The text with its escapes resolved.
    var text: [UInt8]
    var extra: [UInt8]

    init(_ event: DecodedEvent, in bytes: [UInt8]) {
        type = event.type
        isDelta = event.flags.contains(.gaugeDelta)
        hasOwnTimestamp = event.flags.contains(.explicitTimestamp)
        value = event.value.bitPattern
        rate = event.rate.bitPattern
        timestamp = event.timestamp
        count = event.count
        name = Array(bytes[event.name.range])
        tags = Array(bytes[event.tags.range])
        extra = Array(bytes[event.extra.range])
        text = []
        if event.flags.contains(.escapedText) {
            EscapedText.forEachByte(bytes.span, event.text) { text.append($0) }
        } else {
            text = Array(bytes[event.text.range])
        }
    }

    var description: String {
        let strings = [name, tags, text, extra].map { String(decoding: $0, as: UTF8.self).debugDescription }
        return "\(type.name)\(isDelta ? " delta" : "") \(Double(bitPattern: value)) @\(Double(bitPattern: rate)) "
            + "T\(timestamp)\(hasOwnTimestamp ? " own" : "") x\(count) name, tags, text, extra: \(strings.joined(separator: " "))"
    }

    /// Whether every string is UTF-8, which text codecs may require.
    var isUTF8: Bool { [name, tags, text, extra].allSatisfy { String(validating: $0, as: UTF8.self) != nil } }
}
