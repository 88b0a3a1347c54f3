import StatsModel

extension EventDecoder {
    /// The next record of a MessagePack payload, which is an array of maps.
    ///
    /// A record with an impossible content is malformed, and reading goes on with the next record. Bytes that are not
    /// MessagePack, or that are no map, end the payload.
    mutating func nextMessagePack(_ bytes: Span<UInt8>, _ remaining: Int, elements: Int?) -> DecodeStep {
        var reader = MessagePackReader(position: position, end: end)
        guard let elements = elements ?? reader.array(bytes) else { return refuseMessagePack() }
        if elements == 0 {
            let isWhole = reader.position == end
            format = .none
            if !isWhole { return .malformed(.badRecord, at: ByteRange(position..<end)) }
            return remaining == 0 ? .end : .malformed(.countMismatch, at: ByteRange(end..<end))
        }
        guard remaining > 0 else {
            format = .none
            return .malformed(.countMismatch, at: ByteRange(position..<end))
        }
        let start = reader.position
        scratch.removeAll(keepingCapacity: true)
        guard let fields = readFields(&reader, bytes) else { return refuseMessagePack() }
        position = reader.position
        format = .messagePack(remaining: remaining - 1, elements: elements - 1)
        switch fields.event() {
        case .success(let event): return .event(event)
        case .failure(let fault): return .malformed(fault.reason, at: ByteRange(start..<position))
        }
    }

    private mutating func refuseMessagePack() -> DecodeStep {
        format = .none
        return .malformed(.badRecord, at: ByteRange(position..<end))
    }

    /// Reads one map. nil if its end cannot be found. Errors in a value are kept in the fields.
    private mutating func readFields(_ reader: inout MessagePackReader, _ bytes: Span<UInt8>) -> EventFields? {
        guard let entries = reader.map(bytes), entries <= reader.end - reader.position else { return nil }
        var fields = EventFields()
        for _ in 0..<entries {
            guard let name = reader.string(bytes) else {
                // A key that is no string is unknown.
                guard reader.skip(bytes), reader.skip(bytes) else { return nil }
                continue
            }
            guard let key = EventFields.Key(bytes, name) else {
                guard reader.skip(bytes) else { return nil }
                continue
            }
            guard read(key, &fields, &reader, bytes) else { return nil }
        }
        return fields
    }

    private mutating func read(
        _ key: EventFields.Key, _ fields: inout EventFields, _ reader: inout MessagePackReader, _ bytes: Span<UInt8>
    ) -> Bool {
        switch key {
        case .name:
            if let range = reader.string(bytes) { fields.name = keep(bytes, range); return true }
        case .text:
            if let range = reader.string(bytes) { fields.text = keep(bytes, range); return true }
        case .member:
            if let range = reader.string(bytes) { fields.member = keep(bytes, range); return true }
        case .fields:
            if let range = reader.string(bytes) { fields.extra = keep(bytes, range); return true }
        case .type:
            fields.hasType = true
            if let range = reader.string(bytes) { fields.type = EventFields.type(bytes, range); return true }
        case .value:
            if let number = reader.number(bytes) { fields.value = number; return true }
            fields.fault = .badValue
            return reader.skip(bytes)
        case .rate:
            if let number = reader.number(bytes) { fields.setRate(number); return true }
            fields.fault = .badRate
            return reader.skip(bytes)
        case .timestamp:
            switch reader.integer(bytes) {
            case .fits(let number)?: fields.timestamp = number
            case .tooLarge?: fields.fault = .badTimestamp
            case nil:
                fields.fault = .badTimestamp
                return reader.skip(bytes)
            }
            return true
        case .count:
            switch reader.integer(bytes) {
            case .fits(let number)?: fields.setCount(number)
            case .tooLarge?: fields.setCount(nil)
            case nil:
                fields.fault = .badRecord
                return reader.skip(bytes)
            }
            return true
        case .delta:
            if let value = reader.bool(bytes) { fields.isDelta = value; return true }
        case .tags: return readTags(&fields, &reader, bytes)
        }
        fields.fault = .badRecord
        return reader.skip(bytes)
    }

    private mutating func readTags(
        _ fields: inout EventFields, _ reader: inout MessagePackReader, _ bytes: Span<UInt8>
    ) -> Bool {
        let before = reader
        guard let count = reader.array(bytes), count <= reader.end - reader.position else {
            reader = before
            fields.fault = .badRecord
            return reader.skip(bytes)
        }
        let start = scratch.count
        for index in 0..<count {
            if index > 0 { scratch.append(UInt8(ascii: ",")) }
            guard let tag = reader.string(bytes) else {
                fields.fault = .badRecord
                guard reader.skip(bytes) else { return false }
                continue
            }
            // A tag with a comma would become two tags.
            if bytes.firstIndex(of: UInt8(ascii: ","), in: tag) < tag.upperBound { fields.fault = .badRecord }
            _ = keep(bytes, tag)
        }
        fields.tags = ByteRange(start..<scratch.count)
        return true
    }

    /// Appends a string to the scratch, after the record's other strings.
    mutating func keep(_ bytes: Span<UInt8>, _ range: Range<Int>) -> ByteRange {
        let start = scratch.count
        unsafe bytes.extracting(range).withUnsafeBytes { unsafe scratch.append(contentsOf: $0) }
        return ByteRange(start..<scratch.count)
    }
}
