import StatsModel

extension EventDecoder {
    /// The next record of a JSON payload: `[{"name":…,"type":…}, …]`.
    ///
    /// A record with an impossible content is malformed, and reading goes on with the next record. Text that is not JSON ends the
    /// payload.
    mutating func nextJSON(_ bytes: Span<UInt8>, _ remaining: Int) -> DecodeStep {
        var cursor = JSONCursor(position: position, end: end)
        let isFirst = position == PacketHeader.byteCount
        if isFirst {
            guard cursor.take(UInt8(ascii: "["), bytes) else { return refuseJSON(bytes) }
            if cursor.take(UInt8(ascii: "]"), bytes) { return endJSON(bytes, cursor, remaining) }
        } else {
            if cursor.take(UInt8(ascii: "]"), bytes) { return endJSON(bytes, cursor, remaining) }
            guard cursor.take(UInt8(ascii: ","), bytes) else { return refuseJSON(bytes) }
        }
        guard remaining > 0 else {
            // As in the binary codec, records beyond the header's count are not returned.
            format = .none
            return .malformed(.countMismatch, at: ByteRange(position..<end))
        }
        cursor.skipBlanks(bytes)
        let start = cursor.position
        scratch.removeAll(keepingCapacity: true)
        var record = JSONRecord()
        guard record.read(&cursor, bytes, &scratch) else { return refuseJSON(bytes) }
        position = cursor.position
        format = .json(remaining: remaining - 1)
        switch record.event() {
        case .success(let event): return .event(event)
        case .failure(let fault): return .malformed(fault.reason, at: ByteRange(start..<cursor.position))
        }
    }

    private mutating func refuseJSON(_ bytes: Span<UInt8>) -> DecodeStep {
        format = .none
        return .malformed(.badJSON, at: ByteRange(position..<end))
    }

    private mutating func endJSON(_ bytes: Span<UInt8>, _ cursor: JSONCursor, _ remaining: Int) -> DecodeStep {
        var cursor = cursor
        cursor.skipBlanks(bytes)
        guard cursor.position == end else { return refuseJSON(bytes) }
        format = .none
        return remaining == 0 ? .end : .malformed(.countMismatch, at: ByteRange(position..<end))
    }
}
