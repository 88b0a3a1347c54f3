/// The bytes of a catalog's records, in chunks of 1 MiB. A full chunk is never moved. Growth allocates one more chunk and copies
/// nothing, so a large catalog is never in memory twice.
///
/// A record is in a single chunk. A record longer than a chunk gets a longer chunk for itself. The *address* of a record is the
/// chunk's number in the upper 12 bits, and the offset in the chunk in the lower 20 bits.
@usableFromInline struct KeyArena: Sendable, Equatable {
    static let chunkSize = 1 << 20
    @usableFromInline static var offsetBits: UInt32 { 20 }
    /// One less than 12 bits can count, so that an address plus 1 still takes 32 bits.
    static let chunkLimit = 1 << 12 - 1

    /// Never empty. Records are added to the last one.
    @usableFromInline private(set) var chunks: [[UInt8]] = [[]]

    @inlinable
    static func chunk(of address: UInt32) -> Int { Int(address >> offsetBits) }

    @inline(__always)
    static func offset(of address: UInt32) -> Int { Int(address & (1 << offsetBits - 1)) }

    /// The memory address of a chunk's bytes, for prefetching only. Nothing keeps the chunk alive.
    @inline(__always)
    static func memoryAddress(of chunk: [UInt8]) -> Int { unsafe chunk.withUnsafeBytes { Int(bitPattern: $0.baseAddress) } }

    /// Whether there is room for a record of this many bytes.
    func hasRoom(for byteCount: Int) -> Bool { chunks.count < Self.chunkLimit || fits(byteCount) }

    private func fits(_ byteCount: Int) -> Bool { chunks[chunks.count - 1].count + byteCount <= Self.chunkSize }

    /// Adds a record of at most `byteCount` bytes, which `write` appends to the chunk. Returns its address. O(bytes).
    mutating func append(_ byteCount: Int, _ write: (inout [UInt8]) -> Void) -> UInt32 {
        if !fits(byteCount), !chunks[chunks.count - 1].isEmpty {
            precondition(chunks.count < Self.chunkLimit, "a record beyond the arena's addresses")
            chunks.append([])
            chunks[chunks.count - 1].reserveCapacity(max(byteCount, Self.chunkSize))
        }
        let last = chunks.count - 1
        let address = UInt32(last) << Self.offsetBits | UInt32(chunks[last].count)
        write(&chunks[last])
        return address
    }

    /// Changes the record at `address`. `change` gets the record's offset, and its chunk.
    mutating func update(at address: UInt32, _ change: (_ offset: Int, inout [UInt8]) -> Void) {
        change(Self.offset(of: address), &chunks[Self.chunk(of: address)])
    }

    /// Allocated bytes of all chunks, unused capacity included. O(chunks).
    var byteCount: Int { chunks.reduce(0) { $0 + $1.capacity } }
}
