public import StatsModel

/// One datagram under construction: events are encoded straight into it, then it is numbered and sealed.
@safe public struct PacketBuilder: ~Copyable {
    public enum AppendResult: Equatable, Sendable {
        case appended
        /// No room beside what is already there: seal this packet, begin the next, append again.
        case packetFull
        /// Cannot be stated in a packet of this size and codec: it would not fit into the largest one alone, a field is longer
        /// than 65535 bytes, the name is empty, or (JSON) a number is not finite.
        case oversize
    }

    public let maximumSize: Int
    /// Bytes of a packet with one event in it that is longer than `maximumSize` allows; such an event stands alone.
    public private(set) var largestSize: Int
    public let codec: PacketCodec
    /// `largestSize` bytes, owned.
    var buffer: UnsafeMutableRawBufferPointer
    var end = PacketHeader.byteCount
    private(set) var timestamp: UInt64 = 0
    /// How many events stand in the open packet.
    public internal(set) var eventCount = 0

    /// - Parameters:
    ///   - maximumSize: bytes of the whole datagram, header included; 64...65507, else traps
    ///   - largestSize: the same for a datagram of one event alone; `maximumSize` where it is not given, never less
    public init(maximumSize: Int, largestSize: Int? = nil, codec: PacketCodec) {
        let largest = largestSize ?? maximumSize
        precondition(maximumSize >= 64 && largest >= maximumSize && largest <= 65_507, "a datagram takes 64 to 65507 bytes")
        self.maximumSize = maximumSize
        self.largestSize = largest
        self.codec = codec
        unsafe buffer = .allocate(byteCount: max(largest, PacketHeader.byteCount + TotalsReport.byteCount), alignment: 16)
        unsafe buffer.initializeMemory(as: UInt8.self, repeating: 0)
    }

    deinit { unsafe buffer.deallocate() }

    /// Makes room for one event of up to `largestSize` bytes, packet included, and empties the packet as ``begin(timestamp:)`` does.
    /// Allocates; 65507 at most, and not less than before, else traps.
    public mutating func grow(to largestSize: Int) {
        precondition(largestSize >= self.largestSize && largestSize <= 65_507, "a datagram takes 64 to 65507 bytes")
        unsafe buffer.deallocate()
        self.largestSize = largestSize
        unsafe buffer = .allocate(byteCount: max(largestSize, PacketHeader.byteCount + TotalsReport.byteCount), alignment: 16)
        unsafe buffer.initializeMemory(as: UInt8.self, repeating: 0)
        begin(timestamp: timestamp)
    }

    /// Bytes of the open packet so far, header included.
    public var byteCount: Int { end }

    /// Whether the packet holds one event that is longer than `maximumSize` allows.
    public var isLarge: Bool { end > maximumSize }

    /// Empties the packet and states its time, which record timestamps are relative to.
    public mutating func begin(timestamp: UInt64) {
        self.timestamp = timestamp
        end = PacketHeader.byteCount
        eventCount = 0
    }

    /// Encodes one event.
    ///
    /// - Parameters:
    ///   - key: type, and where name, tags and extra fields stand in `keys`
    ///   - text: where the member, text or message stands in `texts` (unescaped)
    ///
    /// O(bytes of the event). A builder of codec none, which is for reports, traps.
    public mutating func append(
        _ event: StatEvent, key: MetricCatalog.Key, keys: Span<UInt8>, text: ByteRange, texts: Span<UInt8>
    ) -> AppendResult {
        switch codec {
        case .binary: appendBinary(event, key: key, keys: keys, text: text, texts: texts)
        case .json: appendJSON(event, key: key, keys: keys, text: text, texts: texts)
        case .messagePack: appendMessagePack(event, key: key, keys: keys, text: text, texts: texts)
        case .protocolBuffers: appendProtobuf(event, key: key, keys: keys, text: text, texts: texts)
        case .none: preconditionFailure("a packet of events has a codec")
        }
    }

    // The smallest record takes 8 bytes (a set of one byte, its member empty), so that 16 bits always hold the count.

    /// What becomes of `size` bytes that would stand from `start` on, and in an empty packet from `first` on.
    private func room(for size: Int, from start: Int, first: Int) -> AppendResult {
        if size <= maximumSize - start { return .appended }
        if size > largestSize - first { return .oversize }
        return eventCount == 0 ? .appended : .packetFull
    }

    private mutating func appendBinary(
        _ event: StatEvent, key: MetricCatalog.Key, keys: Span<UInt8>, text: ByteRange, texts: Span<UInt8>
    ) -> AppendResult {
        guard let bound = BinaryRecord.bound(event, key, text: text), !key.name.isEmpty else { return .oversize }
        let relative = event.timestamp &- Int64(bitPattern: timestamp)
        if bound > maximumSize - end {
            // Near the packet's end the exact size decides.
            let size = BinaryRecord.exactSize(event, key, text: text, relative: relative)
            let result = room(for: size, from: end, first: PacketHeader.byteCount)
            guard result == .appended else { return result }
        }
        end = unsafe BinaryRecord.write(
            event, key, keys: keys, text: text, texts: texts, relative: relative, into: buffer, at: end)
        eventCount += 1
        return .appended
    }

    private mutating func appendMessagePack(
        _ event: StatEvent, key: MetricCatalog.Key, keys: Span<UInt8>, text: ByteRange, texts: Span<UInt8>
    ) -> AppendResult {
        guard !key.name.isEmpty, let bound = MessagePackRecord.bound(key, text: text) else { return .oversize }
        let first = PacketHeader.byteCount + MessagePackRecord.headCount
        let start = eventCount == 0 ? first : end
        if bound > maximumSize - start {
            // Near the packet's end the exact size decides.
            guard let size = MessagePackRecord.exactSize(event, key, keys: keys, text: text) else { return .oversize }
            let result = room(for: size, from: start, first: first)
            guard result == .appended else { return result }
        }
        end = unsafe MessagePackRecord.write(event, key, keys: keys, text: text, texts: texts, into: buffer, at: start)
        eventCount += 1
        return .appended
    }

    private mutating func appendProtobuf(
        _ event: StatEvent, key: MetricCatalog.Key, keys: Span<UInt8>, text: ByteRange, texts: Span<UInt8>
    ) -> AppendResult {
        guard !key.name.isEmpty, let bodySize = ProtobufRecord.bodySize(event, key, keys: keys, text: text) else {
            return .oversize
        }
        let size = ProtobufRecord.size(bodySize: bodySize)
        let result = room(for: size, from: end, first: PacketHeader.byteCount)
        guard result == .appended else { return result }
        end = unsafe ProtobufRecord.write(
            event, key, keys: keys, text: text, texts: texts, bodySize: bodySize, into: buffer, at: end)
        eventCount += 1
        return .appended
    }

    private mutating func appendJSON(
        _ event: StatEvent, key: MetricCatalog.Key, keys: Span<UInt8>, text: ByteRange, texts: Span<UInt8>
    ) -> AppendResult {
        guard !key.name.isEmpty, JSONRecord.canState(event) else { return .oversize }
        // In front of the record stands `[` or, in place of the former `]`, a comma; a new `]` stands behind it.
        let start = eventCount == 0 ? PacketHeader.byteCount : end - 1
        let limit = eventCount == 0 ? largestSize : maximumSize
        var writer = unsafe ByteWriter(buffer, from: start + 1, to: max(start + 1, limit - 1))
        JSONRecord.write(event, key: key, keys: keys, text: text, texts: texts, to: &writer)
        let size = writer.count + 2
        // What was written lies behind the closing bracket, which still stands.
        let result = room(for: size, from: start, first: PacketHeader.byteCount)
        guard result == .appended else { return result }
        unsafe buffer.storeLittle(eventCount == 0 ? UInt8(ascii: "[") : UInt8(ascii: ","), at: start)
        end = start + size
        unsafe buffer.storeLittle(UInt8(ascii: "]"), at: end - 1)
        eventCount += 1
        return .appended
    }

    /// Writes header and CRC-32; afterwards ``withBytes(_:)`` shows the finished datagram. Returns its byte count.
    public mutating func seal(session: UInt64, sequence: UInt64, flags: PacketFlags = []) -> Int {
        if codec == .json, eventCount == 0 {
            // Even without events the payload is an array.
            unsafe buffer.storeLittle(UInt8(ascii: "["), at: PacketHeader.byteCount)
            unsafe buffer.storeLittle(UInt8(ascii: "]"), at: PacketHeader.byteCount + 1)
            end = PacketHeader.byteCount + 2
        }
        if codec == .messagePack {
            // An array whose length takes 16 bits, big-endian, in the bytes left free for it.
            unsafe buffer.storeLittle(0xDC as UInt8, at: PacketHeader.byteCount)
            unsafe buffer.storeLittle(UInt16(eventCount).byteSwapped, at: PacketHeader.byteCount + 1)
            if eventCount == 0 { end = PacketHeader.byteCount + MessagePackRecord.headCount }
        }
        let header = PacketHeader(
            kind: .data, codec: codec, eventCount: UInt16(eventCount), session: session, sequence: sequence,
            timestamp: timestamp, payloadLength: UInt16(end - PacketHeader.byteCount), flags: flags.rawValue)
        unsafe header.seal(UnsafeMutableRawBufferPointer(rebasing: buffer[0..<end]))
        return end
    }

    /// Builds a heartbeat or closing packet: its payload is the report. Always 176 bytes, whatever the maximum size.
    ///
    /// - Parameter sequence: the last data packet's
    public mutating func sealReport(
        _ report: TotalsReport, kind: PacketKind, session: UInt64, sequence: UInt64, timestamp: UInt64,
        flags: PacketFlags = []
    ) -> Int {
        begin(timestamp: timestamp)
        unsafe report.write(into: buffer, at: end)
        end += TotalsReport.byteCount
        let header = PacketHeader(
            kind: kind, codec: .none, eventCount: 0, session: session, sequence: sequence, timestamp: timestamp,
            payloadLength: UInt16(TotalsReport.byteCount), flags: flags.rawValue)
        unsafe header.seal(UnsafeMutableRawBufferPointer(rebasing: buffer[0..<end]))
        return end
    }

    /// The sealed datagram.
    public borrowing func withBytes<Result: ~Copyable, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        // `end` bytes from the start were written.
        try unsafe body(Span<UInt8>(_unsafeBytes: UnsafeRawBufferPointer(rebasing: buffer[0..<end])))
    }
}
