import StatsModel

extension EventDecoder {
    /// `_e{titleBytes,textBytes}:title|text|fields`.
    ///
    /// The agent slices title and text by their stated lengths and does not look at the bytes between them. Lengths that were
    /// counted in characters therefore clip the event. Such events are counted. If the sender is known to speak plain StatsD,
    /// they are refused.
    mutating func parseEvent(_ bytes: Span<UInt8>, _ line: Range<Int>) -> DecodeStep {
        let refused = { (reason: MalformedReason) in DecodeStep.malformed(reason, at: ByteRange(line)) }
        let open = line.lowerBound + 3
        let comma = bytes.firstIndex(of: UInt8(ascii: ","), in: open..<line.upperBound)
        guard comma < line.upperBound else { return refused(.badEventHeader) }
        let close = bytes.firstIndex(of: UInt8(ascii: "}"), in: comma + 1..<line.upperBound)
        guard close + 1 < line.upperBound, bytes[close + 1] == UInt8(ascii: ":"),
            let titleCount = Decimal.integer(bytes, open..<comma), let textCount = Decimal.integer(bytes, comma + 1..<close),
            titleCount >= 0, textCount >= 0
        else { return refused(.badEventHeader) }
        guard titleCount > 0 else { return refused(.emptyTitle) }
        let body = close + 2
        let room = Int64(line.upperBound - body)
        guard titleCount < room, textCount <= room - titleCount - 1 else { return refused(.badEventLength) }
        let titleEnd = body + Int(titleCount)
        let textEnd = titleEnd + 1 + Int(textCount)
        let isExact =
            bytes[titleEnd] == UInt8(ascii: "|") && (textEnd == line.upperBound || bytes[textEnd] == UInt8(ascii: "|"))
        if !isExact {
            if dialect == .statsd { return refused(.badEventLength) }
            dialectCounts.clippedEvents += 1
        }
        var event = DecodedEvent(
            type: .event, name: ByteRange(body..<titleEnd), text: ByteRange(titleEnd + 1..<textEnd))
        if textEnd < line.upperBound { parseOptionalFields(bytes, textEnd + 1..<line.upperBound, into: &event) }
        return .event(flagged(event, bytes))
    }

    /// `_sc|name|status|fields`. The agent reads fields after a message. If the sender is known to speak plain StatsD, the
    /// message comes last, and its bars belong to it.
    mutating func parseCheck(_ bytes: Span<UInt8>, _ line: Range<Int>) -> DecodeStep {
        let refused = { (reason: MalformedReason) in DecodeStep.malformed(reason, at: ByteRange(line)) }
        let start = line.lowerBound + 4
        let bar = bytes.firstIndex(of: UInt8(ascii: "|"), in: start..<line.upperBound)
        guard bar > start else { return refused(.emptyCheckName) }
        guard bar + 1 < line.upperBound else { return refused(.badCheckStatus) }
        let statusEnd = bytes.firstIndex(of: UInt8(ascii: "|"), in: bar + 1..<line.upperBound)
        let status = bytes[bar + 1] &- 48
        guard statusEnd == bar + 2, status < 4 else { return refused(.badCheckStatus) }
        var event = DecodedEvent(type: .serviceCheck, value: Double(status), name: ByteRange(start..<bar))
        if statusEnd < line.upperBound { parseOptionalFields(bytes, statusEnd + 1..<line.upperBound, into: &event) }
        return .event(flagged(event, bytes))
    }

    /// Reads optional fields in any order. A field that cannot be used is left out, and the event stays.
    private mutating func parseOptionalFields(_ bytes: Span<UInt8>, _ range: Range<Int>, into event: inout DecodedEvent) {
        var extras = ExtraFields()
        var position = range.lowerBound
        while position < range.upperBound {
            if dialect == .statsd, event.type == .serviceCheck, bytes.starts(with: "m:", in: position..<range.upperBound) {
                event.text = ByteRange(position + 2..<range.upperBound)
                break
            }
            let stop = bytes.firstIndex(of: UInt8(ascii: "|"), in: position..<range.upperBound)
            let field = position..<stop
            position = stop + 1
            if event.type == .serviceCheck, bytes.starts(with: "m:", in: field) {
                event.text = ByteRange(field.lowerBound + 2..<stop)
                if stop < range.upperBound { dialectCounts.fieldsBehindMessages += 1 }
            } else if bytes.starts(with: "#", in: field) {
                event.tags = ByteRange(field.lowerBound + 1..<stop)
            } else if bytes.starts(with: "d:", in: field) {
                guard let timestamp = Self.timestamp(bytes, field.lowerBound + 2..<stop) else { continue }
                event.timestamp = timestamp
                event.flags.insert(.explicitTimestamp)
            } else if Self.isKept(bytes, field, of: event.type) {
                extras.add(field, bytes, &scratch)
            }
        }
        extras.finish(bytes, &event, &scratch)
    }

    /// Whether a line of this type keeps this field as an extra field.
    static func keepsField(_ bytes: Span<UInt8>, _ field: Range<Int>, of type: MetricType) -> Bool {
        type.isMetric ? isOrigin(bytes, field) : isKept(bytes, field, of: type)
    }

    /// Whether the field describes the origin of a metric.
    @inline(__always)
    static func isOrigin(_ bytes: Span<UInt8>, _ field: Range<Int>) -> Bool {
        bytes.starts(with: "c:", in: field) || bytes.starts(with: "e:", in: field) || bytes.starts(with: "card:", in: field)
    }

    /// Whether the field is one of the event's or check's own fields, and usable.
    private static func isKept(_ bytes: Span<UInt8>, _ field: Range<Int>, of type: MetricType) -> Bool {
        for prefix in ["h:", "c:", "e:", "card:"] as [StaticString] where bytes.starts(with: prefix, in: field) { return true }
        guard type == .event else { return false }
        for prefix in ["k:", "s:"] as [StaticString] where bytes.starts(with: prefix, in: field) { return true }
        for known in ["p:normal", "p:low", "t:error", "t:warning", "t:info", "t:success"] as [StaticString]
        where bytes.equals(known, in: field) { return true }
        return false
    }

    /// The event, with a flag if its text contains a backslash and an `n`, which stand for a line break.
    private func flagged(_ event: DecodedEvent, _ bytes: Span<UInt8>) -> DecodedEvent {
        let holdsBreak = event.isInScratch ? scratch.span.holdsEscapedBreak(event.text.range) : bytes.holdsEscapedBreak(event.text.range)
        guard holdsBreak else { return event }
        var event = event
        event.flags.insert(.escapedText)
        return event
    }
}

extension Span<UInt8> {
    /// Whether the range contains a backslash and an `n`, which stand for a line break.
    func holdsEscapedBreak(_ range: Range<Int>) -> Bool {
        var index = firstIndex(of: UInt8(ascii: "\\"), in: range)
        while index + 1 < range.upperBound {
            if self[index + 1] == UInt8(ascii: "n") { return true }
            index = firstIndex(of: UInt8(ascii: "\\"), in: index + 1..<range.upperBound)
        }
        return false
    }
}
