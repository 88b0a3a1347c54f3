import StatsModel

/// One event as a line of text. In plain StatsD a negative gauge level takes two lines: first a zero, then the value as a change,
/// since a sign alone means a change there. The Datadog agent takes every value as a level.
struct TextLine {
    let event: StatEvent
    let key: MetricCatalog.Key
    let text: ByteRange
    let dialect: TextDialect

    var isExplicit: Bool { event.flags.contains(.explicitTimestamp) }
    var isDelta: Bool { key.type == .gauge && event.flags.contains(.gaugeDelta) }

    /// Writes the line. ``fault(_:_:)`` must have found no fault, and `text` must be unescaped. O(bytes), allocates nothing.
    func write(_ keys: Span<UInt8>, _ texts: Span<UInt8>, to output: inout ByteWriter) {
        switch key.type {
        case .counter: writeNumber("|c", keys, to: &output)
        case .gauge: writeGauge(keys, to: &output)
        case .timing: writeNumber("|ms", keys, to: &output)
        case .histogram: writeNumber(dialect == .statsd ? "|ms" : "|h", keys, to: &output)
        case .distribution: writeNumber(dialect == .statsd ? "|ms" : "|d", keys, to: &output)
        case .set:
            writeName(keys, to: &output)
            output.write(texts, text.range)
            output.write("|s")
            writeFields(keys, to: &output)
        case .event: writeEvent(keys, texts, to: &output)
        case .serviceCheck: writeCheck(keys, texts, to: &output)
        }
    }

    @inline(__always)
    private func writeName(_ keys: Span<UInt8>, to output: inout ByteWriter) {
        output.write(keys, key.name.range)
        output.write(UInt8(ascii: ":"))
    }

    @inline(__always)
    private func writeNumber(_ type: StaticString, _ keys: Span<UInt8>, to output: inout ByteWriter) {
        writeName(keys, to: &output)
        output.write(event.value)
        output.write(type)
        writeFields(keys, to: &output)
    }

    private func writeGauge(_ keys: Span<UInt8>, to output: inout ByteWriter) {
        if dialect == .statsd, !isDelta, event.value.sign == .minus {
            writeName(keys, to: &output)
            output.write("0|g")
            writeFields(keys, to: &output)
            if event.value == 0 { return }
            output.write(UInt8(ascii: "\n"))
        }
        writeName(keys, to: &output)
        if isDelta, event.value.sign == .plus { output.write(UInt8(ascii: "+")) }
        // Minus zero is written as zero.
        output.write(!isDelta && event.value == 0 ? 0 : event.value)
        output.write("|g")
        writeFields(keys, to: &output)
    }

    /// Writes rate, tags, extra fields and timestamp, in the order of Datadog's own clients.
    @inline(__always)
    private func writeFields(_ keys: Span<UInt8>, to output: inout ByteWriter) {
        if event.rate != 1, statesRate {
            output.write("|@")
            output.write(event.rate)
        }
        writeTags(keys, to: &output)
        writeExtra(keys, to: &output)
        if isExplicit {
            output.write("|T")
            output.write(TextLine.seconds(event.timestamp))
        }
    }

    /// Plain servers understand a rate only on types where they multiply by it. A gauge's level and a set's member are not
    /// multiplied.
    private var statesRate: Bool {
        dialect == .dogstatsd || (key.type != .gauge && key.type != .set)
    }

    @inline(__always)
    private func writeTags(_ keys: Span<UInt8>, to output: inout ByteWriter) {
        guard !key.tags.isEmpty else { return }
        output.write("|#")
        output.write(keys, key.tags.range)
    }

    @inline(__always)
    private func writeExtra(_ keys: Span<UInt8>, to output: inout ByteWriter) {
        guard !key.extra.isEmpty else { return }
        output.write(UInt8(ascii: "|"))
        output.write(keys, key.extra.range)
    }

    /// Writes `_e{titleBytes,textBytes}:title|text|d:…|fields|#tags`.
    private func writeEvent(_ keys: Span<UInt8>, _ texts: Span<UInt8>, to output: inout ByteWriter) {
        output.write("_e{")
        output.write(digits: UInt64(key.name.count))
        output.write(UInt8(ascii: ","))
        output.write(digits: UInt64(text.count + texts.breaks(in: text.range)))
        output.write("}:")
        output.write(keys, key.name.range)
        output.write(UInt8(ascii: "|"))
        output.write(escaping: texts, text.range)
        writeDate(to: &output)
        writeExtra(keys, to: &output)
        writeTags(keys, to: &output)
    }

    /// Writes `_sc|name|status|d:…|fields|#tags|m:message`, with the message last.
    private func writeCheck(_ keys: Span<UInt8>, _ texts: Span<UInt8>, to output: inout ByteWriter) {
        output.write("_sc|")
        output.write(keys, key.name.range)
        output.write(UInt8(ascii: "|"))
        output.write(event.value)
        writeDate(to: &output)
        writeExtra(keys, to: &output)
        writeTags(keys, to: &output)
        if !text.isEmpty {
            output.write("|m:")
            output.write(escaping: texts, text.range)
        }
    }

    private func writeDate(to output: inout ByteWriter) {
        guard isExplicit else { return }
        output.write("|d:")
        output.write(TextLine.seconds(event.timestamp))
    }

    /// Whole seconds, rounded down.
    static func seconds(_ nanoseconds: Int64) -> Int64 {
        nanoseconds >= 0 ? nanoseconds / 1_000_000_000 : (nanoseconds + 1) / 1_000_000_000 - 1
    }
}

extension ByteWriter {
    /// Writes a text with a backslash and an `n` for each line break.
    fileprivate mutating func write(escaping bytes: Span<UInt8>, _ range: Range<Int>) {
        var start = range.lowerBound
        while start < range.upperBound {
            let stop = bytes.firstIndex(of: UInt8(ascii: "\n"), in: start..<range.upperBound)
            write(bytes, start..<stop)
            if stop < range.upperBound { write("\\n") }
            start = stop + 1
        }
    }
}

extension Span<UInt8> {
    /// The number of line breaks in the range.
    fileprivate func breaks(in range: Range<Int>) -> Int {
        var count = 0
        var index = firstIndex(of: UInt8(ascii: "\n"), in: range)
        while index < range.upperBound {
            count += 1
            index = firstIndex(of: UInt8(ascii: "\n"), in: index + 1..<range.upperBound)
        }
        return count
    }
}
