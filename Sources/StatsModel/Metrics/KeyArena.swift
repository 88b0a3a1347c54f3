/// The bytes of a catalog's records, in chunks of 1 MiB. A full chunk is never moved: growing allocates one more and copies
/// nothing, so that a large catalog never stands in memory twice.
///
/// A record lies in one chunk. A record longer than a chunk has a longer chunk of its own. A *place* is where a record begins:
/// the chunk's number in the upper 12 bits, below them the offset in the chunk.
@usableFromInline struct KeyArena: Sendable, Equatable {
    static let chunkSize = 1 << 20
    @usableFromInline static var offsetBits: UInt32 { 20 }
    /// One less than 12 bits can count, so that a place plus 1 still takes 32 bits.
    static let chunkLimit = 1 << 12 - 1

    /// Never empty. Records are added to the last one.
    @usableFromInline private(set) var chunks: [[UInt8]] = [[]]

    @inlinable
    static func chunk(of place: UInt32) -> Int { Int(place >> offsetBits) }

    @inline(__always)
    static func offset(of place: UInt32) -> Int { Int(place & (1 << offsetBits - 1)) }

    /// Where a chunk's bytes begin in memory, as a number for hints: the chunk need not live on.
    @inline(__always)
    static func address(of chunk: [UInt8]) -> Int { unsafe chunk.withUnsafeBytes { Int(bitPattern: $0.baseAddress) } }

    /// Whether a record of that many bytes still finds a place.
    func hasRoom(for byteCount: Int) -> Bool { chunks.count < Self.chunkLimit || fits(byteCount) }

    private func fits(_ byteCount: Int) -> Bool { chunks[chunks.count - 1].count + byteCount <= Self.chunkSize }

    /// Adds a record of at most `byteCount` bytes, which `write` appends to the chunk. Returns its place. O(bytes).
    mutating func append(_ byteCount: Int, _ write: (inout [UInt8]) -> Void) -> UInt32 {
        if !fits(byteCount), !chunks[chunks.count - 1].isEmpty {
            precondition(chunks.count < Self.chunkLimit, "a record beyond the arena's places")
            chunks.append([])
            chunks[chunks.count - 1].reserveCapacity(max(byteCount, Self.chunkSize))
        }
        let last = chunks.count - 1
        let place = UInt32(last) << Self.offsetBits | UInt32(chunks[last].count)
        write(&chunks[last])
        return place
    }

    /// Changes the chunk in which the record at `place` lies. `change` is passed the record's offset.
    mutating func update(at place: UInt32, _ change: (_ offset: Int, inout [UInt8]) -> Void) {
        change(Self.offset(of: place), &chunks[Self.chunk(of: place)])
    }

    /// Bytes that the chunks take, what they keep in reserve included. O(chunks).
    var byteCount: Int { chunks.reduce(0) { $0 + $1.capacity } }
}
