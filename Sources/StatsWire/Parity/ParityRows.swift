/// Rows of coded bytes in one piece of memory, each of them a parity packet under construction.
///
/// A row is as long as the longest that was mixed into it since it was cleared. Nothing is allocated after creation.
@safe public struct ParityRows: ~Copyable {
    public let rowCount: Int
    /// Bytes of a parity packet at most.
    public let maximumSize: Int
    /// `rowCount` times `maximumSize` bytes, owned. Of each row the coded bytes begin at `ParityPacket.codedOffset`; those
    /// behind its length are zero.
    private let buffer: UnsafeMutableRawBufferPointer
    /// Coded bytes of each row.
    private var lengths: [Int]

    /// - Parameter maximumSize: bytes of a parity datagram; 88 (the smallest data packet's parity) to 65507, else traps
    public init(rowCount: Int, maximumSize: Int) {
        precondition(rowCount >= 1, "there is at least one row")
        precondition(
            (ParityPacket.overhead + PacketHeader.byteCount...65_507).contains(maximumSize),
            "a parity packet takes 88 to 65507 bytes")
        self.rowCount = rowCount
        self.maximumSize = maximumSize
        lengths = Array(repeating: 0, count: rowCount)
        unsafe buffer = .allocate(byteCount: rowCount * maximumSize, alignment: 16)
        unsafe buffer.initializeMemory(as: UInt8.self, repeating: 0)
    }

    deinit { unsafe buffer.deallocate() }

    /// Bytes of a datagram that a row can cover at most.
    public var maximumDatagramSize: Int { maximumSize - ParityPacket.overhead }

    /// Makes a row all zeros. O(bytes that were in it).
    public mutating func clear(_ row: Int) {
        unsafe coded(row, lengths[row]).initializeMemory(as: UInt8.self, repeating: 0)
        lengths[row] = 0
    }

    /// row += factor · (the datagram's length, the datagram). Traps where it is longer than ``maximumDatagramSize``. O(n).
    public mutating func mix(datagram: Span<UInt8>, times factor: UInt8, into row: Int) {
        precondition(datagram.count <= maximumDatagramSize, "a datagram longer than its parity can cover")
        let count = datagram.count + 2
        let target = unsafe grow(row, to: count)
        // In bounds: a row in use has at least two bytes.
        unsafe target[0] ^= GaloisField.product(factor, UInt8(truncatingIfNeeded: datagram.count))
        unsafe target[1] ^= GaloisField.product(factor, UInt8(truncatingIfNeeded: datagram.count >> 8))
        unsafe datagram.withUnsafeBytes { source in
            // In bounds: `count` bytes, two of which are the length.
            unsafe GaloisField.mix(source, times: factor, into: UnsafeMutableRawBufferPointer(rebasing: target[2..<count]))
        }
    }

    /// row += factor · coded bytes of a parity packet. Traps where they are too long. O(n).
    public mutating func mix(coded source: Span<UInt8>, times factor: UInt8, into row: Int) {
        precondition(source.count <= maximumSize - ParityPacket.codedOffset, "coded bytes longer than a row")
        let target = unsafe grow(row, to: source.count)
        unsafe source.withUnsafeBytes { source in unsafe GaloisField.mix(source, times: factor, into: target) }
    }

    /// row += factor · another row. Traps where both are one. O(n).
    public mutating func mix(row other: Int, times factor: UInt8, into row: Int) {
        precondition(other != row, "a row is mixed into another one")
        let target = unsafe grow(row, to: lengths[other])
        unsafe GaloisField.mix(UnsafeRawBufferPointer(coded(other, lengths[other])), times: factor, into: target)
    }

    /// Makes a row a whole parity packet, readable through ``withPacket(_:_:)``; its byte count. The coded bytes stay as
    /// they are. O(n) for the checksum.
    public mutating func seal(_ row: Int, as packet: ParityPacket, session: UInt64, timestamp: UInt64) -> Int {
        precondition(lengths[row] > 2, "a parity packet covers something")
        unsafe packet.seal(whole(row), session: session, timestamp: timestamp)
        return ParityPacket.codedOffset + lengths[row]
    }

    /// A sealed row as a datagram.
    public borrowing func withPacket<Result: ~Copyable, Failure: Error>(
        _ row: Int, _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try unsafe body(Span<UInt8>(_unsafeBytes: UnsafeRawBufferPointer(whole(row))))
    }

    /// A row's coded bytes.
    public borrowing func withCoded<Result: ~Copyable, Failure: Error>(
        _ row: Int, _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try unsafe body(Span<UInt8>(_unsafeBytes: UnsafeRawBufferPointer(coded(row, lengths[row]))))
    }

    /// The first `count` bytes of a row's coded ones; the row is then at least so long.
    private mutating func grow(_ row: Int, to count: Int) -> UnsafeMutableRawBufferPointer {
        // The array's own bound checks the row.
        lengths[row] = max(lengths[row], count)
        return unsafe coded(row, count)
    }

    private func coded(_ row: Int, _ count: Int) -> UnsafeMutableRawBufferPointer {
        precondition(row >= 0 && row < rowCount && count <= maximumSize - ParityPacket.codedOffset, "a row's own bytes")
        let start = row * maximumSize + ParityPacket.codedOffset
        // In bounds by the precondition.
        return unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[start..<start + count])
    }

    private func whole(_ row: Int) -> UnsafeMutableRawBufferPointer {
        let start = row * maximumSize
        // In bounds: a row's length never exceeds what `coded` admits.
        return unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[start..<start + ParityPacket.codedOffset + lengths[row]])
    }
}
