package import StatsModel

/// Reports followed by running totals of metrics (``RunningTotal``).
extension PacketBuilder {
    /// Bytes for running totals in a packet of this size. If it is 0 or less, none fits.
    package static func runningTotalRoom(maximumSize: Int) -> Int { maximumSize - RunningTotalReader.start - RunningTotalReader.headCount }

    /// Empties the packet for running totals. ``sealRunningTotals(_:kind:session:sequence:timestamp:)`` later writes the report
    /// in front of them. The maximum size must have room for the report.
    package mutating func beginRunningTotals(timestamp: UInt64) {
        precondition(maximumSize >= RunningTotalReader.start + RunningTotalReader.headCount, "a report with running totals fits")
        begin(timestamp: timestamp)
        end = RunningTotalReader.start + RunningTotalReader.headCount
    }

    /// An upper bound of the bytes of a running total with this key. nil if a field is longer than 65535 bytes or the name is
    /// empty.
    package static func runningTotalBound(_ key: MetricCatalog.Key) -> Int? {
        guard max(key.name.count, max(key.tags.count, key.extra.count)) <= 0xFFFF, !key.name.isEmpty else { return nil }
        return RunningTotal.headCount + key.name.count + key.tags.count + key.extra.count + 8 + 8 + 10 + 2
    }

    /// Adds a running total, whose strings are in `keys`. False if its upper bound does not fit.
    ///
    /// - Parameter sequence: the number of the last data packet, with which the packet will be sealed
    ///
    /// O(bytes). Allocates nothing.
    package mutating func append(_ runningTotal: RunningTotal, keys: Span<UInt8>, sequence: UInt64) -> Bool {
        let key = MetricCatalog.Key(runningTotal.type, name: runningTotal.name, tags: runningTotal.tags, extra: runningTotal.extra)
        precondition(runningTotal.type == .counter || runningTotal.type == .gauge, "a running total is of a counter or gauge")
        precondition(runningTotal.count >= 1 && runningTotal.count <= RunningTotal.largestCount, "a running total is of some events")
        precondition(runningTotal.latest >= 1 && runningTotal.latest <= sequence, "a running total is of packets that were sealed")
        guard let bound = Self.runningTotalBound(key), bound <= maximumSize - end, eventCount < 0xFFFF else { return false }
        let first = runningTotal.type.rawValue | (key.extra.isEmpty ? 0 : RunningTotal.hasExtra)
        // In bounds: `bound` bytes are free from `end` on, and the record takes at most that many.
        unsafe buffer.storeLittle(first, at: end)
        unsafe buffer.storeLittle(UInt16(key.name.count), at: end + 1)
        unsafe buffer.storeLittle(UInt16(key.tags.count), at: end + 3)
        var place = end + RunningTotal.headCount
        place = unsafe BinaryRecord.copy(keys, key.name, into: buffer, at: place)
        place = unsafe BinaryRecord.copy(keys, key.tags, into: buffer, at: place)
        unsafe buffer.storeLittle(runningTotal.value.bitPattern, at: place)
        place = unsafe BinaryRecord.write(runningTotal.count, into: buffer, at: place + 8)
        place = unsafe BinaryRecord.write(sequence - runningTotal.latest, into: buffer, at: place)
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
    package mutating func sealRunningTotals(
        _ report: TotalsReport, kind: PacketKind, session: UInt64, sequence: UInt64, timestamp: UInt64
    ) -> Int {
        // In bounds: `beginRunningTotals` left these bytes free.
        unsafe report.write(into: buffer, at: PacketHeader.byteCount)
        unsafe buffer.storeLittle(RunningTotalReader.version, at: RunningTotalReader.start)
        unsafe buffer.storeLittle(0 as UInt8, at: RunningTotalReader.start + 1)
        unsafe buffer.storeLittle(UInt16(eventCount), at: RunningTotalReader.start + 2)
        let header = PacketHeader(
            kind: kind, codec: .none, eventCount: 0, session: session, sequence: sequence, timestamp: timestamp,
            payloadLength: UInt16(end - PacketHeader.byteCount))
        unsafe header.seal(UnsafeMutableRawBufferPointer(rebasing: buffer[0..<end]))
        return end
    }
}
