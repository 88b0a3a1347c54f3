import StatsModel

/// A line with several values: the common parts, and the beginning of the next value.
struct PendingValues: Sendable {
    /// The event without a value.
    var event: DecodedEvent
    /// The range of the name in the datagram. The event's own strings may be in the scratch.
    let name: ByteRange
    let lineEnd: Int
    /// The start of the values that are left. Their numbers were already verified.
    var position: Int
    let valuesEnd: Int
    /// Where an Etsy-style pack continues with `value|type`. nil if it does not.
    let packPosition: Int?
    /// Whether the type is `m`.
    let isMeter: Bool
}

/// Reads StatsD and DogStatsD text like the Datadog agent (its `comp/dogstatsd/server/parse*.go`), and Etsy's packs. The dialect
/// decides the meaning of a gauge's sign and of the type `m`.
///
/// A line is refused as a whole: with one bad value, rate or timestamp, none of its values counts. A pack (`n:3|ms:6|ms`) is the
/// exception. Etsy's server takes its parts one by one, so the parts in front of a faulty one count.
extension EventDecoder {
    mutating func nextText(_ bytes: Span<UInt8>) -> DecodeStep {
        if pending != nil, let step = nextPending(bytes) { return step }
        while position < end {
            let start = position
            let stop = bytes.firstIndex(of: UInt8(ascii: "\n"), in: start..<end)
            position = stop + 1
            var last = stop
            while last > start, bytes[last - 1] == UInt8(ascii: "\r") { last -= 1 }
            if last > start { return parseLine(bytes, start..<last) }
        }
        position = end
        return .end
    }

    /// The first event of a non-empty line, or the fault of the line.
    private mutating func parseLine(_ bytes: Span<UInt8>, _ line: Range<Int>) -> DecodeStep {
        if bytes[line.lowerBound] == UInt8(ascii: "_") {
            if bytes.starts(with: "_e{", in: line) {
                signs.insert(.datadog)
                return parseEvent(bytes, line)
            }
            if bytes.starts(with: "_sc|", in: line) {
                signs.insert(.datadog)
                return parseCheck(bytes, line)
            }
        }
        let colon = bytes.firstIndex(of: UInt8(ascii: ":"), or: UInt8(ascii: "|"), in: line)
        guard colon < line.upperBound, bytes[colon] == UInt8(ascii: ":") else {
            return .malformed(.missingColon, at: ByteRange(line))
        }
        guard colon > line.lowerBound else { return .malformed(.emptyName, at: ByteRange(line)) }
        return parseMetric(bytes, name: ByteRange(line.lowerBound..<colon), from: colon + 1, lineEnd: line.upperBound)
    }

    /// Reads `value *(":" value) "|" type *("|" field)` after a name.
    private mutating func parseMetric(
        _ bytes: Span<UInt8>, name: ByteRange, from start: Int, lineEnd: Int
    ) -> DecodeStep {
        let line = ByteRange(lower: name.lower, upper: UInt32(truncatingIfNeeded: lineEnd))
        let bar = bytes.firstIndex(of: UInt8(ascii: "|"), in: start..<lineEnd)
        guard bar > start else { return .malformed(.emptyValue, at: line) }
        guard bar < lineEnd else { return .malformed(.missingType, at: line) }
        let typeEnd = bytes.firstIndex(of: UInt8(ascii: "|"), or: UInt8(ascii: ":"), in: bar + 1..<lineEnd)
        // Etsy's clients pack further values after the type: `n:3|ms:6|ms`.
        var packPosition = typeEnd < lineEnd && bytes[typeEnd] == UInt8(ascii: ":") ? typeEnd + 1 : nil
        guard let type = Self.type(bytes, bar + 1..<typeEnd) else {
            return .malformed(typeEnd == bar + 1 ? .missingType : .unknownType, at: line)
        }
        if type == .histogram || type == .distribution { signs.insert(.datadog) }
        let isMeter = bytes[bar + 1] == UInt8(ascii: "m") && typeEnd == bar + 2
        var event = DecodedEvent(type: type, name: name)
        var firstEnd = bar
        if type == .set {
            event.text = ByteRange(start..<bar)
        } else {
            firstEnd = bytes.firstIndex(of: UInt8(ascii: ":"), in: start..<bar)
            if firstEnd == bar {
                guard let value = Decimal.parse(bytes, start..<bar) else { return .malformed(.badValue, at: line) }
                event.value = value
            } else if let fault = Self.faultOfList(bytes, start..<bar) {
                return .malformed(fault, at: line)
            }
        }
        if packPosition == nil, typeEnd < lineEnd {
            switch parseFields(bytes, from: typeEnd + 1, lineEnd: lineEnd, into: &event) {
            case .refused(let reason): return .malformed(reason, at: line)
            case .taken: break
            case .packs(let next): packPosition = next
            }
        }
        if isMeter, isDatadog(.open) {
            dialectCounts.metersRefused += 1
            return .malformed(.unknownType, at: line)
        }
        if firstEnd < bar || packPosition != nil {
            let isList = firstEnd < bar
            pending = PendingValues(
                event: event, name: name, lineEnd: lineEnd, position: isList ? start : bar, valuesEnd: bar,
                packPosition: packPosition, isMeter: isMeter)
            if isList, let step = nextPending(bytes) { return step }
        }
        settle(&event, bytes, start, isMeter: isMeter)
        return .event(event)
    }

    /// The fault of a list of values such as `21:22`. Empty values are skipped, but there must be at least one value.
    @inline(never)
    private static func faultOfList(_ bytes: Span<UInt8>, _ values: Range<Int>) -> MalformedReason? {
        var position = values.lowerBound
        var isEmpty = true
        while position < values.upperBound {
            let stop = bytes.firstIndex(of: UInt8(ascii: ":"), in: position..<values.upperBound)
            if stop > position {
                guard Decimal.parse(bytes, position..<stop) != nil else { return .badValue }
                isEmpty = false
            }
            position = stop + 1
        }
        return isEmpty ? .emptyValue : nil
    }

    /// The next value of a line with several values. nil after the last.
    @inline(never)
    private mutating func nextPending(_ bytes: Span<UInt8>) -> DecodeStep? {
        guard var line = pending else { return nil }
        while line.position < line.valuesEnd {
            let start = line.position
            let stop = bytes.firstIndex(of: UInt8(ascii: ":"), in: start..<line.valuesEnd)
            line.position = stop + 1
            // The empty value in `21::22` is skipped.
            if stop == start { continue }
            guard let value = Decimal.parse(bytes, start..<stop) else {
                preconditionFailure("a list's values are verified before the first is given out")
            }
            pending = line
            var event = line.event
            event.value = value
            settle(&event, bytes, start, isMeter: line.isMeter)
            return .event(event)
        }
        pending = nil
        guard let next = line.packPosition else { return nil }
        return parseMetric(bytes, name: line.name, from: next, lineEnd: line.lineEnd)
    }

    /// Applies the dialect to the value at `start`: to a gauge's sign, and to a meter.
    @inline(__always)
    private mutating func settle(_ event: inout DecodedEvent, _ bytes: Span<UInt8>, _ start: Int, isMeter: Bool) {
        if isMeter { dialectCounts.metersCounted += 1 }
        guard event.type == .gauge, bytes[start] == UInt8(ascii: "+") || bytes[start] == UInt8(ascii: "-") else { return }
        settleSign(&event)
    }

    @inline(never)
    private mutating func settleSign(_ event: inout DecodedEvent) {
        if isDatadog(.open) {
            dialectCounts.signedLevels += 1
        } else {
            dialectCounts.signedChanges += 1
            event.flags.insert(.gaugeDelta)
        }
    }

    /// Whether the line counts as Datadog's. If the dialect is not known and no line has shown it so far, `sign` is recorded.
    private mutating func isDatadog(_ sign: DialectSigns) -> Bool {
        switch dialect {
        case .dogstatsd: return true
        case .statsd: return false
        case nil:
            if signs.contains(.datadog) { return true }
            signs.insert(sign)
            return false
        }
    }

    @inline(__always)
    private static func type(_ bytes: Span<UInt8>, _ range: Range<Int>) -> MetricType? {
        if range.count == 1 {
            switch bytes[range.lowerBound] {
            case UInt8(ascii: "c"): return .counter
            case UInt8(ascii: "g"): return .gauge
            case UInt8(ascii: "h"): return .histogram
            case UInt8(ascii: "s"): return .set
            case UInt8(ascii: "d"): return .distribution
            // A meter. netdata counts it, and Etsy's statsd counts every unknown type.
            case UInt8(ascii: "m"): return .counter
            default: return nil
            }
        }
        return bytes.equals("ms", in: range) ? .timing : nil
    }

    private enum FieldsResult {
        case taken
        case refused(MalformedReason)
        case packs(at: Int)
    }

    @inline(__always)
    private mutating func parseFields(
        _ bytes: Span<UInt8>, from start: Int, lineEnd: Int, into event: inout DecodedEvent
    ) -> FieldsResult {
        var extras = ExtraFields()
        var result = FieldsResult.taken
        var position = start
        fields: while position < lineEnd {
            let stop = bytes.firstIndex(of: UInt8(ascii: "|"), in: position..<lineEnd)
            let field = position..<stop
            position = stop + 1
            guard !field.isEmpty else { continue }
            switch bytes[field.lowerBound] {
            case UInt8(ascii: "#"):
                signs.insert(.datadog)
                event.tags = ByteRange(field.lowerBound + 1..<stop)
            case UInt8(ascii: "@"):
                let colon = bytes.firstIndex(of: UInt8(ascii: ":"), in: field)
                guard let rate = Decimal.parse(bytes, field.lowerBound + 1..<colon), rate > 0, rate <= 1 else {
                    return .refused(.badRate)
                }
                event.rate = rate
                if colon < stop {
                    result = .packs(at: colon + 1)
                    break fields
                }
            case UInt8(ascii: "T") where event.type == .counter || event.type == .gauge:
                guard let timestamp = Self.timestamp(bytes, field.lowerBound + 1..<stop) else { return .refused(.badTimestamp) }
                signs.insert(.datadog)
                event.timestamp = timestamp
                event.flags.insert(.explicitTimestamp)
            default:
                if Self.isOrigin(bytes, field) {
                    signs.insert(.datadog)
                    extras.add(field, bytes, &scratch)
                }
            }
        }
        extras.finish(bytes, &event, &scratch)
        return result
    }

    /// Whole seconds since 1970 as nanoseconds. Valid from 1 second to the year 2255, the range of 64-bit nanoseconds.
    static func timestamp(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int64? {
        guard let seconds = Decimal.integer(bytes, range), seconds > 0, seconds < 9_000_000_000 else { return nil }
        return seconds * 1_000_000_000
    }
}
