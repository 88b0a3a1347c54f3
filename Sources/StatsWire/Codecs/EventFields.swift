import StatsModel

/// The named fields of a record (JSON, MessagePack) before they are checked and become an event.
struct EventFields {
    var name: ByteRange?
    var type: MetricType?
    var hasType = false
    var value: Double?
    var rate = 1.0
    var count: UInt32 = 1
    var timestamp: Int64?
    var tags = ByteRange.empty
    var text = ByteRange.empty
    var member: ByteRange?
    var extra = ByteRange.empty
    var isDelta = false
    /// The first thing wrong with a value, in any field.
    var fault: MalformedReason?

    struct Fault: Error {
        let reason: MalformedReason
    }

    /// The known names of fields.
    enum Key {
        case name, type, value, rate, timestamp, tags, text, member, fields, delta, count

        /// The field with this name. nil for an unknown name, which is passed over.
        init?(_ bytes: Span<UInt8>, _ range: Range<Int>) {
            if bytes.equals("name", in: range) {
                self = .name
            } else if bytes.equals("type", in: range) {
                self = .type
            } else if bytes.equals("value", in: range) {
                self = .value
            } else if bytes.equals("rate", in: range) {
                self = .rate
            } else if bytes.equals("timestamp", in: range) {
                self = .timestamp
            } else if bytes.equals("tags", in: range) {
                self = .tags
            } else if bytes.equals("text", in: range) {
                self = .text
            } else if bytes.equals("member", in: range) {
                self = .member
            } else if bytes.equals("fields", in: range) {
                self = .fields
            } else if bytes.equals("count", in: range) {
                self = .count
            } else if bytes.equals("delta", in: range) {
                self = .delta
            } else {
                return nil
            }
        }
    }

    /// The type with this name.
    static func type(_ bytes: Span<UInt8>, _ range: Range<Int>) -> MetricType? {
        if bytes.equals("counter", in: range) { return .counter }
        if bytes.equals("gauge", in: range) { return .gauge }
        if bytes.equals("timing", in: range) { return .timing }
        if bytes.equals("histogram", in: range) { return .histogram }
        if bytes.equals("distribution", in: range) { return .distribution }
        if bytes.equals("set", in: range) { return .set }
        if bytes.equals("event", in: range) { return .event }
        return bytes.equals("service_check", in: range) ? .serviceCheck : nil
    }

    mutating func setRate(_ number: Double) {
        if number > 0, number <= 1 { rate = number } else { fault = .badRate }
    }

    mutating func setCount(_ number: Int64?) {
        if let number, (1...Int64(StatEvent.largestCount)).contains(number) {
            count = UInt32(number)
        } else {
            fault = .badRecord
        }
    }

    /// The event that the fields describe, or their fault. Ranges refer to the decoder's scratch.
    func event() -> Result<DecodedEvent, Fault> {
        if let fault { return .failure(Fault(reason: fault)) }
        guard let name, hasType else { return .failure(Fault(reason: .missingKey)) }
        guard let type else { return .failure(Fault(reason: .unknownType)) }
        guard !name.isEmpty else { return .failure(Fault(reason: .emptyName)) }
        var event = DecodedEvent(type: type, isInScratch: true, rate: rate, name: name, tags: tags, extra: extra, count: count)
        if count != 1, !type.isAggregable { return .failure(Fault(reason: .badRecord)) }
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
