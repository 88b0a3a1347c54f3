import StatsModel

extension JSONRecord {
    /// Whether JSON can represent the event. It has no infinity and no NaN.
    static func canState(_ event: StatEvent) -> Bool { event.value.isFinite && event.rate.isFinite }

    /// Writes the event as an object. ``canState(_:)`` must hold. O(bytes). Allocates only for numbers with many digits.
    static func write(
        _ event: StatEvent, key: MetricCatalog.Key, keys: Span<UInt8>, text: ByteRange, texts: Span<UInt8>,
        to output: inout ByteWriter
    ) {
        output.write("{\"name\":")
        output.write(quoted: keys, key.name.range)
        switch key.type {
        case .counter: output.write(",\"type\":\"counter\"")
        case .gauge: output.write(",\"type\":\"gauge\"")
        case .timing: output.write(",\"type\":\"timing\"")
        case .histogram: output.write(",\"type\":\"histogram\"")
        case .distribution: output.write(",\"type\":\"distribution\"")
        case .set: output.write(",\"type\":\"set\"")
        case .event: output.write(",\"type\":\"event\"")
        case .serviceCheck: output.write(",\"type\":\"service_check\"")
        }
        if key.type != .set, key.type != .event {
            output.write(",\"value\":")
            output.write(event.value)
        }
        if !key.tags.isEmpty { write(tags: key.tags.range, keys, to: &output) }
        if event.rate != 1 {
            output.write(",\"rate\":")
            output.write(event.rate)
        }
        output.write(",\"timestamp\":")
        output.write(event.timestamp)
        if key.type == .gauge, event.flags.contains(.gaugeDelta) { output.write(",\"delta\":true") }
        if event.count != 1 {
            output.write(",\"count\":")
            output.write(Int64(event.count))
        }
        if !key.extra.isEmpty {
            output.write(",\"fields\":")
            output.write(quoted: keys, key.extra.range)
        }
        if key.type == .set {
            output.write(",\"member\":")
            output.write(quoted: texts, text.range)
        } else if !text.isEmpty {
            output.write(",\"text\":")
            output.write(quoted: texts, text.range)
        }
        output.write(UInt8(ascii: "}"))
    }

    /// Writes the tags as an array. Empty tags stay, so that the receiver gets the same bytes.
    private static func write(tags: Range<Int>, _ keys: Span<UInt8>, to output: inout ByteWriter) {
        output.write(",\"tags\":[")
        var start = tags.lowerBound
        while true {
            let stop = keys.firstIndex(of: UInt8(ascii: ","), in: start..<tags.upperBound)
            output.write(quoted: keys, start..<stop)
            guard stop < tags.upperBound else { break }
            output.write(UInt8(ascii: ","))
            start = stop + 1
        }
        output.write(UInt8(ascii: "]"))
    }
}
