public import StatsModel

/// Builds one datagram: events are encoded straight into it, then it gets its number and checksum.
@safe public struct PacketBuilder: ~Copyable {
    /// The result of appending an event.
    public enum AppendResult: Equatable, Sendable {
        case appended
        /// No room next to the events already there. Seal this packet, begin the next one, and append again.
        case packetFull
        /// The event cannot be written in a packet of this size and codec. It does not fit into the largest packet alone, a field
        /// is longer than 65535 bytes, the name is empty, or (JSON) a number is not finite.
        case oversize
    }

    /// The largest packet with several events, in bytes, header included.
    public let maximumSize: Int
    /// The largest packet with one event, in bytes. An event that makes a packet longer than `maximumSize` travels alone.
    public private(set) var largestSize: Int
    /// The codec of the payload.
    public let codec: PacketCodec
    /// `largestSize` bytes, owned.
    var buffer: UnsafeMutableRawBufferPointer
    var end = PacketHeader.byteCount
    private(set) var timestamp: UInt64 = 0
    /// The number of events in the open packet.
    public internal(set) var eventCount = 0

    /// - Parameters:
    ///   - maximumSize: the largest datagram in bytes, header included; traps outside 64...65507
    ///   - largestSize: the largest datagram with one event in bytes; default and minimum: `maximumSize`
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

    /// Makes room for a packet of `largestSize` bytes with one event, and empties the packet like ``begin(timestamp:)``.
    /// Allocates. Traps if the size is above 65507 or below the former one.
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

    /// Whether the packet holds a single event and is longer than `maximumSize`.
    public var isLarge: Bool { end > maximumSize }

    /// Empties the packet and sets its time. Timestamps of records are relative to it.
    public mutating func begin(timestamp: UInt64) {
        self.timestamp = timestamp
        end = PacketHeader.byteCount
        eventCount = 0
    }

    /// Encodes one event.
    ///
    /// - Parameters:
    ///   - key: the type, and the ranges of name, tags and extra fields in `keys`
    ///   - text: the range of the member, text or message in `texts` (unescaped)
    ///
    /// O(bytes of the event). Traps if the codec is none, which is for reports.
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

    /// Whether `size` bytes fit at `start`, or else in an empty packet at `first`.
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
            // Near the packet's end the upper bound is too coarse: the exact size decides.
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
            // Near the packet's end the upper bound is too coarse: the exact size decides.
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
        // A `[` precedes the first record. Later records put a comma in place of the former `]`. A new `]` follows each record.
        let start = eventCount == 0 ? PacketHeader.byteCount : end - 1
        let limit = eventCount == 0 ? largestSize : maximumSize
        var writer = unsafe ByteWriter(buffer, from: start + 1, to: max(start + 1, limit - 1))
        JSONRecord.write(event, key: key, keys: keys, text: text, texts: texts, to: &writer)
        let size = writer.count + 2
        // The new bytes lie after the closing bracket, which is still in place.
        let result = room(for: size, from: start, first: PacketHeader.byteCount)
        guard result == .appended else { return result }
        unsafe buffer.storeLittle(eventCount == 0 ? UInt8(ascii: "[") : UInt8(ascii: ","), at: start)
        end = start + size
        unsafe buffer.storeLittle(UInt8(ascii: "]"), at: end - 1)
        eventCount += 1
        return .appended
    }

    /// Writes the header and its CRC-32. Afterwards ``withBytes(_:)`` gives the finished datagram. Returns its byte count.
    public mutating func seal(session: UInt64, sequence: UInt64, flags: PacketFlags = []) -> Int {
        if codec == .json, eventCount == 0 {
            // An empty payload is still an array.
            unsafe buffer.storeLittle(UInt8(ascii: "["), at: PacketHeader.byteCount)
            unsafe buffer.storeLittle(UInt8(ascii: "]"), at: PacketHeader.byteCount + 1)
            end = PacketHeader.byteCount + 2
        }
        if codec == .messagePack {
            // The header of an array with a 16-bit length, big-endian, in the bytes that were left free for it.
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

    /// Builds a heartbeat or closing packet, whose payload is the report. It always takes 176 bytes, whatever the maximum size.
    ///
    /// - Parameter sequence: the number of the last data packet
    package mutating func sealReport(
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
        // The first `end` bytes were written.
        try unsafe body(Span<UInt8>(_unsafeBytes: UnsafeRawBufferPointer(rebasing: buffer[0..<end])))
    }
}
