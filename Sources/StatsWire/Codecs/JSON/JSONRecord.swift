import StatsModel

/// One event as a JSON object. Absent keys stand for their defaults.
///
/// Keys and defaults: `name` and `type` (required), `value` (1 for counters, else 0), `tags` (array of strings), `rate` (1),
/// `timestamp` (nanoseconds since 1970; default: the packet's time), `text` (events and checks), `member` (sets), `delta` (true:
/// the gauge's value is a change), `count` (1: how many events the record stands for), `fields` (further fields joined by `|`).
///
/// Unknown keys are skipped. If a key occurs twice, the last one counts. A value of the wrong kind refuses the record, even if
/// the key occurs again.
struct JSONRecord {
    private var fields = EventFields()

    /// Reads one object. False if the text is not a JSON object. Errors in its contents are reported by ``event()``.
    mutating func read(_ cursor: inout JSONCursor, _ bytes: Span<UInt8>, _ scratch: inout [UInt8]) -> Bool {
        guard cursor.take(UInt8(ascii: "{"), bytes) else { return false }
        if cursor.take(UInt8(ascii: "}"), bytes) { return true }
        while true {
            let keyStart = scratch.count
            guard cursor.string(bytes, into: &scratch), cursor.take(UInt8(ascii: ":"), bytes) else { return false }
            guard readValue(of: keyStart..<scratch.count, &cursor, bytes, &scratch) else { return false }
            if cursor.take(UInt8(ascii: "}"), bytes) { return true }
            guard cursor.take(UInt8(ascii: ","), bytes) else { return false }
        }
    }

    private mutating func readValue(
        of keyRange: Range<Int>, _ cursor: inout JSONCursor, _ bytes: Span<UInt8>, _ scratch: inout [UInt8]
    ) -> Bool {
        guard let key = EventFields.Key(scratch.span, keyRange) else { return cursor.skipValue(bytes) }
        switch key {
        case .name: return readString(&cursor, bytes, &scratch) { $0.fields.name = $1 }
        case .text: return readString(&cursor, bytes, &scratch) { $0.fields.text = $1 }
        case .member: return readString(&cursor, bytes, &scratch) { $0.fields.member = $1 }
        case .fields: return readString(&cursor, bytes, &scratch) { $0.fields.extra = $1 }
        case .type:
            fields.hasType = true
            fields.type = nil
            let start = scratch.count
            guard readString(&cursor, bytes, &scratch, { _, _ in }) else { return false }
            fields.type = EventFields.type(scratch.span, start..<scratch.count)
            return true
        case .value: return readNumber(&cursor, bytes, .badValue) { $0.fields.value = $1 }
        case .rate:
            return readNumber(&cursor, bytes, .badRate) { $0.fields.setRate($1) }
        case .timestamp:
            return readDigits(&cursor, bytes, .badTimestamp) { record, digits in
                record.fields.timestamp = Decimal.integer(bytes, digits)
                if record.fields.timestamp == nil { record.fields.fault = .badTimestamp }
            }
        case .count: return readDigits(&cursor, bytes, .badRecord) { $0.fields.setCount(Decimal.integer(bytes, $1)) }
        case .tags: return readTags(&cursor, bytes, &scratch)
        case .delta:
            if cursor.take("true", bytes) {
                fields.isDelta = true
                return true
            }
            return cursor.take("false", bytes) || skip(&cursor, bytes, .badRecord)
        }
    }

    /// Skips a value of the wrong kind and refuses the record.
    private mutating func skip(_ cursor: inout JSONCursor, _ bytes: Span<UInt8>, _ reason: MalformedReason) -> Bool {
        fields.fault = reason
        return cursor.skipValue(bytes)
    }

    private mutating func readString(
        _ cursor: inout JSONCursor, _ bytes: Span<UInt8>, _ scratch: inout [UInt8], _ store: (inout Self, ByteRange) -> Void
    ) -> Bool {
        cursor.skipBlanks(bytes)
        guard cursor.position < cursor.end, bytes[cursor.position] == UInt8(ascii: "\"") else {
            return skip(&cursor, bytes, .badRecord)
        }
        let start = scratch.count
        guard cursor.string(bytes, into: &scratch) else { return false }
        store(&self, ByteRange(start..<scratch.count))
        return true
    }

    private mutating func readNumber(
        _ cursor: inout JSONCursor, _ bytes: Span<UInt8>, _ reason: MalformedReason, _ store: (inout Self, Double) -> Void
    ) -> Bool {
        readDigits(&cursor, bytes, reason) { record, digits in
            if let number = Decimal.parse(bytes, digits) { store(&record, number) } else { record.fields.fault = reason }
        }
    }

    /// Reads a number's digits. A value of another kind refuses the record. Text that begins like a number and is none is not
    /// JSON.
    private mutating func readDigits(
        _ cursor: inout JSONCursor, _ bytes: Span<UInt8>, _ reason: MalformedReason, _ take: (inout Self, Range<Int>) -> Void
    ) -> Bool {
        cursor.skipBlanks(bytes)
        guard cursor.position < cursor.end else { return false }
        let first = bytes[cursor.position]
        guard first == UInt8(ascii: "-") || first &- 48 < 10 else { return skip(&cursor, bytes, reason) }
        guard let digits = cursor.number(bytes) else { return false }
        take(&self, digits)
        return true
    }

    private mutating func readTags(_ cursor: inout JSONCursor, _ bytes: Span<UInt8>, _ scratch: inout [UInt8]) -> Bool {
        guard cursor.take(UInt8(ascii: "["), bytes) else { return skip(&cursor, bytes, .badRecord) }
        let start = scratch.count
        fields.tags = .empty
        if cursor.take(UInt8(ascii: "]"), bytes) { return true }
        var isFirst = true
        while true {
            if !isFirst { scratch.append(UInt8(ascii: ",")) }
            isFirst = false
            let tagStart = scratch.count
            cursor.skipBlanks(bytes)
            guard cursor.position < cursor.end else { return false }
            if bytes[cursor.position] == UInt8(ascii: "\"") {
                guard cursor.string(bytes, into: &scratch) else { return false }
                // A tag with a comma would become two tags.
                if scratch[tagStart...].contains(UInt8(ascii: ",")) { fields.fault = .badRecord }
            } else {
                guard skip(&cursor, bytes, .badRecord) else { return false }
            }
            if cursor.take(UInt8(ascii: "]"), bytes) { break }
            guard cursor.take(UInt8(ascii: ","), bytes) else { return false }
        }
        fields.tags = ByteRange(start..<scratch.count)
        return true
    }

    /// The event that the object describes, or its fault.
    func event() -> Result<DecodedEvent, EventFields.Fault> { fields.event() }
}
