public import StatsModel

/// Builds one datagram of StatsD text: lines with line feeds between them, and nothing else.
///
/// `Sources/FORMATS.md` describes the lines of each dialect. An event that the dialect cannot express, or that a server would
/// read with another meaning, is refused with a reason and writes nothing.
@safe public struct TextBuilder: ~Copyable {
    /// The result of appending an event.
    public enum AppendResult: Equatable, Sendable {
        case appended
        /// No room next to the events already there. Send this datagram, begin the next one, and append again.
        case packetFull
        /// The event does not even fit into the largest datagram alone.
        case oversize
        /// The dialect cannot express the event.
        case notInFormat
        /// A string contains a byte that would end it early or begin another field.
        case reservedByte
    }

    /// The largest datagram with several events, in bytes.
    public let maximumSize: Int
    /// The largest datagram with one event, in bytes. An event longer than `maximumSize` travels alone.
    public private(set) var largestSize: Int
    /// The dialect of the lines.
    public let dialect: TextDialect
    /// `largestSize` bytes, owned.
    private var buffer: UnsafeMutableRawBufferPointer
    private var end = 0
    /// The number of events in the datagram. This is not the number of lines: a negative gauge level takes two lines in plain
    /// StatsD.
    public private(set) var eventCount = 0

    /// - Parameters:
    ///   - maximumSize: the largest datagram in bytes; traps outside 64...65507
    ///   - largestSize: the largest datagram with one event in bytes; default and minimum: `maximumSize`
    public init(maximumSize: Int, largestSize: Int? = nil, dialect: TextDialect) {
        let largest = largestSize ?? maximumSize
        precondition(maximumSize >= 64 && largest >= maximumSize && largest <= 65_507, "a datagram takes 64 to 65507 bytes")
        self.maximumSize = maximumSize
        self.largestSize = largest
        self.dialect = dialect
        unsafe buffer = .allocate(byteCount: largest, alignment: 16)
        unsafe buffer.initializeMemory(as: UInt8.self, repeating: 0)
    }

    deinit { unsafe buffer.deallocate() }

    /// Makes room for one event of up to `largestSize` bytes, and empties the datagram. Allocates. Traps if the size is above
    /// 65507 or below the former one.
    public mutating func grow(to largestSize: Int) {
        precondition(largestSize >= self.largestSize && largestSize <= 65_507, "a datagram takes 64 to 65507 bytes")
        unsafe buffer.deallocate()
        self.largestSize = largestSize
        unsafe buffer = .allocate(byteCount: largestSize, alignment: 16)
        unsafe buffer.initializeMemory(as: UInt8.self, repeating: 0)
        begin()
    }

    /// Bytes of the datagram so far.
    public var byteCount: Int { end }

    /// Whether the datagram holds a single event that is longer than `maximumSize`.
    public var isLarge: Bool { end > maximumSize }

    /// Empties the datagram.
    public mutating func begin() {
        end = 0
        eventCount = 0
    }

    /// Writes one event.
    ///
    /// - Parameters:
    ///   - key: the type, and the ranges of name, tags and extra fields in `keys`
    ///   - text: the range of the member, text or message in `texts` (unescaped)
    ///
    /// O(bytes of the event); allocates nothing.
    public mutating func append(
        _ event: StatEvent, key: MetricCatalog.Key, keys: Span<UInt8>, text: ByteRange, texts: Span<UInt8>
    ) -> AppendResult {
        let line = TextLine(event: event, key: key, text: text, dialect: dialect)
        switch line.fault(keys, texts) {
        case .notInFormat: return .notInFormat
        case .reservedByte: return .reservedByte
        case nil: break
        }
        let start = eventCount == 0 ? 0 : end + 1
        let limit = eventCount == 0 ? largestSize : maximumSize
        var writer = unsafe ByteWriter(buffer, from: min(start, limit), to: limit)
        line.write(keys, texts, to: &writer)
        // The written bytes lie after the datagram's end, which has not moved yet.
        guard start + writer.count <= limit else { return writer.count <= largestSize ? .packetFull : .oversize }
        if eventCount > 0 { unsafe buffer.storeLittle(UInt8(ascii: "\n"), at: end) }
        end = start + writer.count
        eventCount += 1
        return .appended
    }

    /// The datagram so far.
    public borrowing func withBytes<Result: ~Copyable, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        // The first `end` bytes were written.
        try unsafe body(Span<UInt8>(_unsafeBytes: UnsafeRawBufferPointer(rebasing: buffer[0..<end])))
    }
}
