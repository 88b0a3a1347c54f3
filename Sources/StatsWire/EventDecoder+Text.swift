import StatsModel

/// A line that holds several values: what they share, and where the next one begins.
struct PendingValues: Sendable {
    var event: DecodedEvent
    /// Where the line begins; the event's own strings may have moved to the scratch.
    var lineStart: Int
    var position: Int
    var valuesEnd: Int
    /// Where an Etsy-style pack goes on with `value|type`, and the line's end; equal where it does not.
    var packPosition: Int
    var lineEnd: Int
}

extension EventDecoder {
    mutating func nextText(_ bytes: Span<UInt8>) -> DecodeStep {
        if let line = pending {
            if let step = nextValue(bytes, line) { return step }
            if line.packPosition < line.lineEnd {
                return parseMetric(bytes, name: line.event.name, from: line.packPosition, lineEnd: line.lineEnd)
            }
        }
        while position < end {
            let start = position
            var stop = start
            while stop < end, bytes[stop] != UInt8(ascii: "\n") { stop += 1 }
            position = stop + 1
            var last = stop
            while last > start, bytes[last - 1] == UInt8(ascii: "\r") { last -= 1 }
            guard last > start else { continue }
            if let step = parseLine(bytes, start..<last) { return step }
        }
        position = end
        return .end
    }

    /// The first event of a line; nil where it holds none and nothing is wrong with it.
    private mutating func parseLine(_ bytes: Span<UInt8>, _ line: Range<Int>) -> DecodeStep? {
        if bytes[line.lowerBound] == UInt8(ascii: "_") {
            if bytes.starts(with: "_e{", in: line) { return parseEvent(bytes, line) }
            if bytes.starts(with: "_sc|", in: line) { return parseCheck(bytes, line) }
        }
        var colon = line.lowerBound
        while colon < line.upperBound, bytes[colon] != UInt8(ascii: ":") { colon += 1 }
        guard colon < line.upperBound else { return .malformed(.missingColon, at: ByteRange(line)) }
        guard colon > line.lowerBound else { return .malformed(.emptyName, at: ByteRange(line)) }
        let name = ByteRange(line.lowerBound..<colon)
        return parseMetric(bytes, name: name, from: colon + 1, lineEnd: line.upperBound)
    }

    private enum Pack {
        case step(DecodeStep)
        /// No value here; the next pack begins there.
        case empty(next: Int)
    }

    /// What stands behind a name: one pack, or several (`n:3|ms:6|ms`) in the way of Etsy's clients.
    ///
    /// A loop, because a hostile line holds thousands of empty packs.
    private mutating func parseMetric(_ bytes: Span<UInt8>, name: ByteRange, from start: Int, lineEnd: Int) -> DecodeStep {
        var start = start
        while true {
            switch parsePack(bytes, name: name, from: start, lineEnd: lineEnd) {
            case .step(let step): return step
            case .empty(let next): start = next
            }
        }
    }

    /// `value *(":" value) "|" type *("|" field)`.
    private mutating func parsePack(_ bytes: Span<UInt8>, name: ByteRange, from start: Int, lineEnd: Int) -> Pack {
        pending = nil
        let line = ByteRange(Int(name.lower)..<lineEnd)
        let bar = bytes.firstIndex(of: UInt8(ascii: "|"), in: start..<lineEnd)
        guard bar > start else { return .step(.malformed(.emptyValue, at: line)) }
        guard bar < lineEnd else { return .step(.malformed(.missingType, at: line)) }
        let typeStop = bytes.firstIndex(of: UInt8(ascii: "|"), in: bar + 1..<lineEnd)
        var typeEnd = typeStop
        var packPosition = lineEnd
        let colon = bytes.firstIndex(of: UInt8(ascii: ":"), in: bar + 1..<typeStop)
        if colon < typeStop {
            typeEnd = colon
            packPosition = colon + 1
        }
        guard let type = Self.type(bytes, bar + 1..<typeEnd) else {
            return .step(.malformed(typeEnd == bar + 1 ? .missingType : .unknownType, at: line))
        }
        var event = DecodedEvent(type: type, name: name)
        // Before the fields, which may move every string to the scratch.
        if type == .set { event.text = ByteRange(start..<bar) }
        if packPosition == lineEnd, typeStop < lineEnd {
            switch parseFields(bytes, from: typeStop + 1, lineEnd: lineEnd, into: &event) {
            case .refused(let reason): return .step(.malformed(reason, at: line))
            case .taken: break
            case .packs(let next): packPosition = next
            }
        }
        let valuesStart = type == .set ? bar : start
        let values = PendingValues(
            event: event, lineStart: Int(name.lower), position: valuesStart, valuesEnd: bar, packPosition: packPosition,
            lineEnd: lineEnd)
        if type == .set {
            pending = packPosition < lineEnd ? values : nil
            return .step(.event(event))
        }
        if let step = nextValue(bytes, values) { return .step(step) }
        return packPosition < lineEnd ? .empty(next: packPosition) : .step(.malformed(.emptyValue, at: line))
    }

    /// The next value of a line with several; nil when they are exhausted.
    private mutating func nextValue(_ bytes: Span<UInt8>, _ line: PendingValues) -> DecodeStep? {
        var line = line
        while line.position < line.valuesEnd {
            let start = line.position
            let stop = bytes.firstIndex(of: UInt8(ascii: ":"), in: start..<line.valuesEnd)
            line.position = stop + 1
            // `21::22` skips the empty value.
            if stop == start { continue }
            guard let value = Decimal.parse(bytes, start..<stop) else {
                pending = line
                return .malformed(.badValue, at: ByteRange(line.lineStart..<line.lineEnd))
            }
            var event = line.event
            event.value = value
            if event.type == .gauge, bytes[start] == UInt8(ascii: "+") || bytes[start] == UInt8(ascii: "-") {
                event.flags.insert(.gaugeDelta)
            }
            let isLast = line.position >= line.valuesEnd && line.packPosition >= line.lineEnd
            pending = isLast ? nil : line
            return .event(event)
        }
        pending = nil
        return nil
    }

    private static func type(_ bytes: Span<UInt8>, _ range: Range<Int>) -> MetricType? {
        if range.count == 1 {
            switch bytes[range.lowerBound] {
            case UInt8(ascii: "c"): return .counter
            case UInt8(ascii: "g"): return .gauge
            case UInt8(ascii: "h"): return .histogram
            case UInt8(ascii: "s"): return .set
            case UInt8(ascii: "d"): return .distribution
            // swift-statsd-client sends a meter, which is set to a value: a gauge.
            case UInt8(ascii: "m"): return .gauge
            default: return nil
            }
        }
        return bytes.equals("ms", in: range) ? .timing : nil
    }

    enum FieldsResult {
        case taken
        case refused(MalformedReason)
        case packs(at: Int)
    }

    private mutating func parseFields(
        _ bytes: Span<UInt8>, from start: Int, lineEnd: Int, into event: inout DecodedEvent
    ) -> FieldsResult {
        var extras = ExtraFields()
        var position = start
        while position < lineEnd {
            let stop = bytes.firstIndex(of: UInt8(ascii: "|"), in: position..<lineEnd)
            let field = position..<stop
            position = stop + 1
            guard !field.isEmpty else { continue }
            switch bytes[field.lowerBound] {
            case UInt8(ascii: "@"):
                let colon = bytes.firstIndex(of: UInt8(ascii: ":"), in: field)
                guard let rate = Decimal.parse(bytes, field.lowerBound + 1..<colon), rate > 0, rate <= 1 else {
                    return .refused(.badRate)
                }
                event.rate = rate
                if colon < stop { return .packs(at: colon + 1) }
            case UInt8(ascii: "#"):
                event.tags = ByteRange(field.lowerBound + 1..<stop)
            case UInt8(ascii: "T") where event.type == .counter || event.type == .gauge:
                guard let seconds = Decimal.integer(bytes, field.lowerBound + 1..<stop), seconds > 0, seconds < 9_000_000_000
                else { return .refused(.badTimestamp) }
                event.timestamp = seconds * 1_000_000_000
                event.flags.insert(.explicitTimestamp)
            default:
                if bytes.starts(with: "c:", in: field) || bytes.starts(with: "e:", in: field)
                    || bytes.starts(with: "card:", in: field)
                {
                    extras.add(field)
                }
            }
        }
        extras.finish(bytes, &event, &scratch)
        return .taken
    }
}
