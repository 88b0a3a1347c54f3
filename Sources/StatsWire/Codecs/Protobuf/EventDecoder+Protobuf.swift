import StatsModel

extension EventDecoder {
    /// The next event of a Protocol Buffers payload: field 1 of a `Packet`.
    ///
    /// An event with an impossible content is malformed, and reading goes on with the next event. Bytes without a recognisable
    /// end end the payload. Unknown fields are skipped. If a field occurs twice, the last one counts.
    mutating func nextProtobuf(_ bytes: Span<UInt8>, _ remaining: Int) -> DecodeStep {
        var reader = ProtobufReader(position: position, end: end)
        while reader.position < end {
            let start = reader.position
            guard let field = reader.field(bytes) else { return refuseProtobuf(reader) }
            guard field.tag == UInt64(ProtobufRecord.Tag.event), case .bytes(let body) = field.value else {
                position = reader.position
                continue
            }
            guard remaining > 0 else {
                format = .none
                return .malformed(.countMismatch, at: ByteRange(start..<end))
            }
            position = reader.position
            format = .protocolBuffers(remaining: remaining - 1)
            switch readEvent(bytes, body) {
            case .success(let event): return .event(event)
            case .failure(let fault): return .malformed(fault.reason, at: ByteRange(start..<position))
            }
        }
        format = .none
        return remaining == 0 ? .end : .malformed(.countMismatch, at: ByteRange(end..<end))
    }

    private mutating func refuseProtobuf(_ reader: ProtobufReader) -> DecodeStep {
        format = .none
        return .malformed(reader.isCut ? .truncatedRecord : .badRecord, at: ByteRange(position..<end))
    }

    private mutating func readEvent(_ bytes: Span<UInt8>, _ body: Range<Int>) -> Result<DecodedEvent, EventFields.Fault> {
        var reader = ProtobufReader(position: body.lowerBound, end: body.upperBound)
        var event = DecodedEvent(type: .counter, name: .empty)
        var typeNumber: UInt64 = 0
        var tagCount = 0
        var isDelta = false
        var count: UInt64 = 1
        while reader.position < body.upperBound {
            guard let field = reader.field(bytes) else {
                return .failure(EventFields.Fault(reason: reader.isCut ? .truncatedRecord : .badRecord))
            }
            switch (UInt8(exactly: field.tag), field.value) {
            case (ProtobufRecord.Tag.type, .varint(let number)): typeNumber = number
            case (ProtobufRecord.Tag.name, .bytes(let range)): event.name = ByteRange(range)
            case (ProtobufRecord.Tag.tags, .bytes(let range)):
                // A tag with a comma would become two tags.
                guard bytes.firstIndex(of: UInt8(ascii: ","), in: range) == range.upperBound else {
                    return .failure(EventFields.Fault(reason: .badRecord))
                }
                tagCount += 1
                event.tags = ByteRange(range)
            case (ProtobufRecord.Tag.value, .fixed(let bits)): event.value = Double(bitPattern: bits)
            case (ProtobufRecord.Tag.rate, .fixed(let bits)): event.rate = Double(bitPattern: bits)
            case (ProtobufRecord.Tag.timestamp, .fixed(let bits)): event.timestamp = Int64(bitPattern: bits)
            case (ProtobufRecord.Tag.isStated, .varint(let number)):
                if number != 0 { event.flags.insert(.explicitTimestamp) } else { event.flags.remove(.explicitTimestamp) }
            case (ProtobufRecord.Tag.isDelta, .varint(let number)): isDelta = number != 0
            // A uint32 is the low half of the number on the wire.
            case (ProtobufRecord.Tag.count, .varint(let number)): count = max(1, number & 0xFFFF_FFFF)
            case (ProtobufRecord.Tag.fields, .bytes(let range)): event.extra = ByteRange(range)
            case (ProtobufRecord.Tag.text, .bytes(let range)): event.text = ByteRange(range)
            case (_, _): break
            }
        }
        guard let type = UInt8(exactly: typeNumber).flatMap(MetricType.init(rawValue:)) else {
            return .failure(EventFields.Fault(reason: .unknownType))
        }
        event.type = type
        if let reason = Self.fault(of: event, isDelta: isDelta, count: count) {
            return .failure(EventFields.Fault(reason: reason))
        }
        event.count = UInt32(count)
        if isDelta { event.flags.insert(.gaugeDelta) }
        if !BinaryRecord.carriesValue(type) { event.value = 0 }
        if tagCount > 1 { joinTags(&event, bytes, body) }
        return .success(event)
    }

    private static func fault(of event: DecodedEvent, isDelta: Bool, count: UInt64) -> MalformedReason? {
        if event.name.isEmpty { return .emptyName }
        guard event.rate > 0, event.rate <= 1 else { return .badRate }
        if event.type == .serviceCheck, ![0, 1, 2, 3].contains(event.value) { return .badCheckStatus }
        if isDelta, event.type != .gauge { return .badRecord }
        if count != 1, count > UInt64(StatEvent.largestCount) || !event.type.isAggregable { return .badRecord }
        return nil
    }

    /// Tags are separate fields on the wire. If there are several, all strings are copied and the tags joined by commas.
    private mutating func joinTags(_ event: inout DecodedEvent, _ bytes: Span<UInt8>, _ body: Range<Int>) {
        scratch.removeAll(keepingCapacity: true)
        event.isInScratch = true
        event.name = keep(bytes, event.name.range)
        event.extra = keep(bytes, event.extra.range)
        event.text = keep(bytes, event.text.range)
        let start = scratch.count
        var isFirst = true
        var reader = ProtobufReader(position: body.lowerBound, end: body.upperBound)
        while let field = reader.field(bytes) {
            guard field.tag == UInt64(ProtobufRecord.Tag.tags), case .bytes(let tag) = field.value else { continue }
            if !isFirst { scratch.append(UInt8(ascii: ",")) }
            isFirst = false
            _ = keep(bytes, tag)
        }
        event.tags = ByteRange(start..<scratch.count)
    }
}
