package import StatsModel

/// Reports followed by running totals of metrics (``MetricStatement``).
extension PacketBuilder {
    /// Bytes for running totals in a packet of this size. If it is 0 or less, none fits.
    package static func statementRoom(maximumSize: Int) -> Int { maximumSize - StatementReader.start - StatementReader.headCount }

    /// Empties the packet for running totals. ``sealStatements(_:kind:session:sequence:timestamp:)`` later writes the report in
    /// front of them. The maximum size must have room for the report.
    package mutating func beginStatements(timestamp: UInt64) {
        precondition(maximumSize >= StatementReader.start + StatementReader.headCount, "a report with statements fits")
        begin(timestamp: timestamp)
        end = StatementReader.start + StatementReader.headCount
    }

    /// An upper bound of the bytes of a running total with this key. nil if a field is longer than 65535 bytes or the name is
    /// empty.
    package static func statementBound(_ key: MetricCatalog.Key) -> Int? {
        guard max(key.name.count, max(key.tags.count, key.extra.count)) <= 0xFFFF, !key.name.isEmpty else { return nil }
        return MetricStatement.headCount + key.name.count + key.tags.count + key.extra.count + 8 + 8 + 10 + 2
    }

    /// Adds a running total, whose strings are in `keys`. False if its upper bound does not fit.
    ///
    /// - Parameter sequence: the number of the last data packet, with which the packet will be sealed
    ///
    /// O(bytes). Allocates nothing.
    package mutating func append(_ statement: MetricStatement, keys: Span<UInt8>, sequence: UInt64) -> Bool {
        let key = MetricCatalog.Key(statement.type, name: statement.name, tags: statement.tags, extra: statement.extra)
        precondition(statement.type == .counter || statement.type == .gauge, "a statement is of a counter or gauge")
        precondition(statement.count >= 1 && statement.count <= MetricStatement.largestCount, "a statement is of some events")
        precondition(statement.latest >= 1 && statement.latest <= sequence, "a statement is of packets that were sealed")
        guard let bound = Self.statementBound(key), bound <= maximumSize - end, eventCount < 0xFFFF else { return false }
        let first = statement.type.rawValue | (key.extra.isEmpty ? 0 : MetricStatement.hasExtra)
        // In bounds: `bound` bytes are free from `end` on, and the record takes at most that many.
        unsafe buffer.storeLittle(first, at: end)
        unsafe buffer.storeLittle(UInt16(key.name.count), at: end + 1)
        unsafe buffer.storeLittle(UInt16(key.tags.count), at: end + 3)
        var place = end + MetricStatement.headCount
        place = unsafe BinaryRecord.copy(keys, key.name, into: buffer, at: place)
        place = unsafe BinaryRecord.copy(keys, key.tags, into: buffer, at: place)
        unsafe buffer.storeLittle(statement.value.bitPattern, at: place)
        place = unsafe BinaryRecord.write(statement.count, into: buffer, at: place + 8)
        place = unsafe BinaryRecord.write(sequence - statement.latest, into: buffer, at: place)
        if !key.extra.isEmpty {
            unsafe buffer.storeLittle(UInt16(key.extra.count), at: place)
            place = unsafe BinaryRecord.copy(keys, key.extra, into: buffer, at: place + 2)
        }
        end = place
        eventCount += 1
        return true
    }

    /// Writes the report and the header around the running totals. Returns the packet's byte count.
    ///
    /// - Parameter sequence: the number of the last data packet
    package mutating func sealStatements(
        _ report: TotalsReport, kind: PacketKind, session: UInt64, sequence: UInt64, timestamp: UInt64
    ) -> Int {
        // In bounds: `beginStatements` left these bytes free.
        unsafe report.write(into: buffer, at: PacketHeader.byteCount)
        unsafe buffer.storeLittle(StatementReader.version, at: StatementReader.start)
        unsafe buffer.storeLittle(0 as UInt8, at: StatementReader.start + 1)
        unsafe buffer.storeLittle(UInt16(eventCount), at: StatementReader.start + 2)
        let header = PacketHeader(
            kind: kind, codec: .none, eventCount: 0, session: session, sequence: sequence, timestamp: timestamp,
            payloadLength: UInt16(end - PacketHeader.byteCount))
        unsafe header.seal(UnsafeMutableRawBufferPointer(rebasing: buffer[0..<end]))
        return end
    }
}
