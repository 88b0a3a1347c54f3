/// Rows of coded bytes in one piece of memory. Each row is a parity packet under construction.
///
/// A row is as long as the longest datagram that was mixed into it since it was cleared. Nothing is allocated after creation.
@safe package struct ParityRows: ~Copyable {
    /// The number of rows.
    package let rowCount: Int
    /// The largest parity packet in bytes.
    package let maximumSize: Int
    /// `rowCount` times `maximumSize` bytes, owned. The coded bytes of a row begin at `ParityPacket.codedOffset`. The bytes after
    /// its length are zero.
    private let buffer: UnsafeMutableRawBufferPointer
    /// The number of coded bytes in each row.
    private var lengths: [Int]

    /// - Parameter maximumSize: the largest parity datagram in bytes; traps outside 88 (parity of the smallest data packet) to
    ///   65507
    package init(rowCount: Int, maximumSize: Int) {
        precondition(rowCount >= 0, "there is no less than no row")
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

    /// The largest datagram that a row can cover, in bytes.
    package var maximumDatagramSize: Int { maximumSize - ParityPacket.overhead }

    /// Sets a row to zeros. O(bytes in the row).
    package mutating func clear(_ row: Int) {
        unsafe coded(row, lengths[row]).initializeMemory(as: UInt8.self, repeating: 0)
        lengths[row] = 0
    }

    /// row += factor · (the datagram's length, the datagram). Traps if it is longer than ``maximumDatagramSize``. O(n).
    package mutating func mix(datagram: Span<UInt8>, times factor: UInt8, into row: Int) {
        precondition(datagram.count <= maximumDatagramSize, "a datagram longer than its parity can cover")
        let count = datagram.count + 2
        let target = unsafe grow(row, to: count)
        // In bounds: a row in use has at least two bytes.
        unsafe target[0] ^= GaloisField.product(factor, UInt8(truncatingIfNeeded: datagram.count))
        unsafe target[1] ^= GaloisField.product(factor, UInt8(truncatingIfNeeded: datagram.count >> 8))
        unsafe datagram.withUnsafeBytes { source in
            // In bounds: `count` bytes, of which two are the length.
            unsafe GaloisField.mix(source, times: factor, into: UnsafeMutableRawBufferPointer(rebasing: target[2..<count]))
        }
    }

    /// row += factor · coded bytes of a parity packet. Traps if they are too long. O(n).
    package mutating func mix(coded source: Span<UInt8>, times factor: UInt8, into row: Int) {
        precondition(source.count <= maximumSize - ParityPacket.codedOffset, "coded bytes longer than a row")
        let target = unsafe grow(row, to: source.count)
        unsafe source.withUnsafeBytes { source in unsafe GaloisField.mix(source, times: factor, into: target) }
    }

    /// row += factor · another row. Traps if both are the same row. O(n).
    package mutating func mix(row other: Int, times factor: UInt8, into row: Int) {
        precondition(other != row, "a row is mixed into another one")
        let target = unsafe grow(row, to: lengths[other])
        unsafe GaloisField.mix(UnsafeRawBufferPointer(coded(other, lengths[other])), times: factor, into: target)
    }

    /// Completes a row as a parity packet, which ``withPacket(_:_:)`` then gives. Returns its byte count. The coded bytes do not
    /// change. O(n) for the checksum.
    package mutating func seal(_ row: Int, as packet: ParityPacket, session: UInt64, timestamp: UInt64) -> Int {
        precondition(lengths[row] > 2, "a parity packet covers something")
        unsafe packet.seal(whole(row), session: session, timestamp: timestamp)
        return ParityPacket.codedOffset + lengths[row]
    }

    /// The datagram of a sealed row.
    package borrowing func withPacket<Result: ~Copyable, Failure: Error>(
        _ row: Int, _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try unsafe body(Span<UInt8>(_unsafeBytes: UnsafeRawBufferPointer(whole(row))))
    }

    /// A row's coded bytes.
    package borrowing func withCoded<Result: ~Copyable, Failure: Error>(
        _ row: Int, _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try unsafe body(Span<UInt8>(_unsafeBytes: UnsafeRawBufferPointer(coded(row, lengths[row]))))
    }

    /// The first `count` coded bytes of a row. The row becomes at least that long.
    private mutating func grow(_ row: Int, to count: Int) -> UnsafeMutableRawBufferPointer {
        // The array's own bounds check protects the row.
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
