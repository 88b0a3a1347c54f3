public import StatsModel

/// One datagram of StatsD text under construction: lines with line feeds between them, and nothing else.
///
/// What a line says in which dialect stands in `Sources/FORMATS.md`; what cannot be said, or would be read otherwise
/// than it is meant, is refused with its reason and leaves no byte behind.
@safe public struct TextBuilder: ~Copyable {
    public enum AppendResult: Equatable, Sendable {
        case appended
        /// No room beside what is already there: send this datagram, begin the next, append again.
        case packetFull
        /// Does not fit into the largest datagram alone.
        case oversize
        /// The dialect has no words for it.
        case notInFormat
        /// A string holds a byte that would end it early or begin another field.
        case reservedByte
    }

    public let maximumSize: Int
    /// Bytes of a datagram with one event in it that is longer than `maximumSize`; such an event stands alone.
    public private(set) var largestSize: Int
    public let dialect: TextDialect
    /// `largestSize` bytes, owned.
    private var buffer: UnsafeMutableRawBufferPointer
    private var end = 0
    /// How many events stand in the datagram; a gauge's level below zero takes two lines.
    public private(set) var eventCount = 0

    /// - Parameters:
    ///   - maximumSize: bytes of the datagram; 64...65507, else traps
    ///   - largestSize: the same for a datagram of one event alone; `maximumSize` where it is not given, never less
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

    /// Makes room for one event of up to `largestSize` bytes, and empties the datagram. Allocates; 65507 at most, and not less
    /// than before, else traps.
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

    /// Whether the datagram holds one event that is longer than `maximumSize`.
    public var isLarge: Bool { end > maximumSize }

    /// Empties the datagram.
    public mutating func begin() {
        end = 0
        eventCount = 0
    }

    /// Writes one event.
    ///
    /// - Parameters:
    ///   - key: type, and where name, tags and extra fields stand in `keys`
    ///   - text: where the member, text or message stands in `texts` (unescaped)
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
        // What was written lies behind the datagram's end, which has not moved yet.
        guard start + writer.count <= limit else { return writer.count <= largestSize ? .packetFull : .oversize }
        if eventCount > 0 { unsafe buffer.storeLittle(UInt8(ascii: "\n"), at: end) }
        end = start + writer.count
        eventCount += 1
        return .appended
    }

    /// The datagram as it stands.
    public borrowing func withBytes<Result: ~Copyable, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        // `end` bytes from the start were written.
        try unsafe body(Span<UInt8>(_unsafeBytes: UnsafeRawBufferPointer(rebasing: buffer[0..<end])))
    }
}
