import StatsModel

/// One event as a JSON object; absent keys mean the default.
///
/// Keys: `name`, `type`; `value` (1 for counters where absent, else 0), `tags` (array of strings), `rate` (1),
/// `timestamp` (nanoseconds since 1970; absent: the packet's), `text` (events and checks), `member` (sets), `delta`
/// (true: the gauge's value is a change), `count` (1: how many recorded events it stands for), `fields` (further fields joined by `|`). Unknown keys are passed over; of a
/// key that stands twice the last counts, but a value of the wrong kind refuses the record wherever it stands.
struct JSONRecord {
    struct Fault: Error {
        let reason: MalformedReason
    }

    private var name: ByteRange?
    private var type: MetricType?
    private var hasType = false
    private var value: Double?
    private var rate = 1.0
    private var count: UInt32 = 1
    private var timestamp: Int64?
    private var tags = ByteRange.empty
    private var text = ByteRange.empty
    private var member: ByteRange?
    private var extra = ByteRange.empty
    private var isDelta = false
    private var fault: MalformedReason?

    /// Reads one object; false where the text is no JSON object. What is wrong with its contents waits in ``event()``.
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

    private enum Key {
        case name, type, value, rate, timestamp, tags, text, member, fields, delta, count
    }

    private static func key(_ scratch: [UInt8], _ range: Range<Int>) -> Key? {
        let bytes = scratch.span
        if bytes.equals("name", in: range) { return .name }
        if bytes.equals("type", in: range) { return .type }
        if bytes.equals("value", in: range) { return .value }
        if bytes.equals("rate", in: range) { return .rate }
        if bytes.equals("timestamp", in: range) { return .timestamp }
        if bytes.equals("tags", in: range) { return .tags }
        if bytes.equals("text", in: range) { return .text }
        if bytes.equals("member", in: range) { return .member }
        if bytes.equals("fields", in: range) { return .fields }
        if bytes.equals("count", in: range) { return .count }
        return bytes.equals("delta", in: range) ? .delta : nil
    }

    private static func type(_ scratch: [UInt8], _ range: Range<Int>) -> MetricType? {
        let bytes = scratch.span
        if bytes.equals("counter", in: range) { return .counter }
        if bytes.equals("gauge", in: range) { return .gauge }
        if bytes.equals("timing", in: range) { return .timing }
        if bytes.equals("histogram", in: range) { return .histogram }
        if bytes.equals("distribution", in: range) { return .distribution }
        if bytes.equals("set", in: range) { return .set }
        if bytes.equals("event", in: range) { return .event }
        return bytes.equals("service_check", in: range) ? .serviceCheck : nil
    }

    private mutating func readValue(
        of keyRange: Range<Int>, _ cursor: inout JSONCursor, _ bytes: Span<UInt8>, _ scratch: inout [UInt8]
    ) -> Bool {
        guard let key = Self.key(scratch, keyRange) else { return cursor.skipValue(bytes) }
        switch key {
        case .name: return readString(&cursor, bytes, &scratch) { $0.name = $1 }
        case .text: return readString(&cursor, bytes, &scratch) { $0.text = $1 }
        case .member: return readString(&cursor, bytes, &scratch) { $0.member = $1 }
        case .fields: return readString(&cursor, bytes, &scratch) { $0.extra = $1 }
        case .type:
            hasType = true
            type = nil
            let start = scratch.count
            guard readString(&cursor, bytes, &scratch, { _, _ in }) else { return false }
            type = Self.type(scratch, start..<scratch.count)
            return true
        case .value: return readNumber(&cursor, bytes, .badValue) { $0.value = $1 }
        case .rate:
            return readNumber(&cursor, bytes, .badRate) { record, number in
                if number > 0, number <= 1 { record.rate = number } else { record.fault = .badRate }
            }
        case .timestamp:
            return readDigits(&cursor, bytes, .badTimestamp) { record, digits in
                record.timestamp = Decimal.integer(bytes, digits)
                if record.timestamp == nil { record.fault = .badTimestamp }
            }
        case .count:
            return readDigits(&cursor, bytes, .badRecord) { record, digits in
                guard let number = Decimal.integer(bytes, digits), (1...Int64(StatEvent.countLimit)).contains(number) else {
                    record.fault = .badRecord
                    return
                }
                record.count = UInt32(number)
            }
        case .tags: return readTags(&cursor, bytes, &scratch)
        case .delta:
            if cursor.take("true", bytes) {
                isDelta = true
                return true
            }
            return cursor.take("false", bytes) || skip(&cursor, bytes, .badRecord)
        }
    }

    /// A value of another kind than wanted is passed over, and the record is refused.
    private mutating func skip(_ cursor: inout JSONCursor, _ bytes: Span<UInt8>, _ reason: MalformedReason) -> Bool {
        fault = reason
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
            if let number = Decimal.parse(bytes, digits) { store(&record, number) } else { record.fault = reason }
        }
    }

    /// A value of another kind refuses the record; what begins as a number and is none is no JSON.
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
        tags = .empty
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
                // A tag that holds a comma would become two.
                if scratch[tagStart...].contains(UInt8(ascii: ",")) { fault = .badRecord }
            } else {
                guard skip(&cursor, bytes, .badRecord) else { return false }
            }
            if cursor.take(UInt8(ascii: "]"), bytes) { break }
            guard cursor.take(UInt8(ascii: ","), bytes) else { return false }
        }
        tags = ByteRange(start..<scratch.count)
        return true
    }

    /// The event the object means, or what is wrong with it.
    func event() -> Result<DecodedEvent, Fault> {
        if let fault { return .failure(Fault(reason: fault)) }
        guard let name, hasType else { return .failure(Fault(reason: .missingKey)) }
        guard let type else { return .failure(Fault(reason: .unknownType)) }
        guard !name.isEmpty else { return .failure(Fault(reason: .emptyName)) }
        var event = DecodedEvent(type: type, isInScratch: true, rate: rate, name: name, tags: tags, extra: extra)
        event.count = count
        if count > 1 { event.flags.insert(.aggregate) }
        if let timestamp {
            event.timestamp = timestamp
            event.flags.insert(.explicitTimestamp)
        }
        switch type {
        case .counter: event.value = value ?? 1
        case .gauge:
            event.value = value ?? 0
            if isDelta { event.flags.insert(.gaugeDelta) }
        case .timing, .histogram, .distribution: event.value = value ?? 0
        case .set:
            guard let member else { return .failure(Fault(reason: .missingKey)) }
            event.text = member
        case .event: event.text = text
        case .serviceCheck:
            let status = value ?? 0
            guard [0, 1, 2, 3].contains(status) else { return .failure(Fault(reason: .badCheckStatus)) }
            event.value = status
            event.text = text
        }
        return .success(event)
    }
}
