import StatsModel

/// A metric under the name and tags that a caller wrote, as one immutable block of memory in a ``NameTable``.
///
/// | offset | bytes | what |
/// |---|---|---|
/// | 0 | 8 | hash (``NameHash``) |
/// | 8 | 8 | hash of the metric's canonical key |
/// | 16 | 4 | the metric's number |
/// | 20 | 4 | its type |
/// | 24 | 4 | number of the following strings: the name, then key and value of each tag |
/// | 28 | 4 | bytes of the block |
/// | 32 | 8 | address of the cell where its values add up, 0 if each is sent |
/// | 40 | | each string as 4 bytes of length and its bytes, padded to a multiple of 4 |
struct NameEntry {
    static let headerCount = 40

    let address: UInt

    private func load<Value: BitwiseCopyable>(_ offset: Int, as type: Value.Type) -> Value {
        // Inside the block, by the table above. Never nil: the address of allocated memory.
        unsafe UnsafeRawPointer(bitPattern: address).unsafelyUnwrapped.load(fromByteOffset: offset, as: type)
    }

    var hash: UInt64 { load(0, as: UInt64.self) }
    var stringCount: Int { Int(load(24, as: UInt32.self)) }

    /// The handle for recording on this metric, without sampling.
    var handle: LiveHandle {
        LiveHandle(
            type: MetricType(rawValue: UInt8(truncatingIfNeeded: load(20, as: UInt32.self))) ?? .counter,
            metric: MetricID(load(16, as: UInt32.self)), keyHash: load(8, as: UInt64.self), cell: load(32, as: UInt.self))
    }
    var type: UInt32 { load(20, as: UInt32.self) }

    /// Whether the string at `offset` equals these bytes. Moves `offset` behind it. There must be a string.
    @inline(__always)
    func takes(_ bytes: Span<UInt8>, at offset: inout Int) -> Bool {
        let count = Int(load(offset, as: UInt32.self))
        if count != bytes.count { return false }
        let start = offset &+ 4
        offset = start &+ (count &+ 3) & ~3
        let raw = unsafe bytes.bytes
        // Never nil: the address is inside allocated memory.
        let mine = unsafe UnsafeRawPointer(bitPattern: address &+ UInt(start)).unsafelyUnwrapped
        var index = 0
        while count &- index >= 8 {
            // In bounds: index + 8 <= count, and both strings have `count` bytes.
            let x = unsafe mine.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            let y = unsafe raw.unsafeLoadUnaligned(fromUncheckedByteOffset: index, as: UInt64.self)
            if x != y { return false }
            index &+= 8
        }
        while index < count {
            // In bounds: index < count.
            if unsafe mine.load(fromByteOffset: index, as: UInt8.self) != bytes[unchecked: index] { return false }
            index &+= 1
        }
        return true
    }

    /// A new block with these strings, which the caller owns.
    static func make(_ handle: LiveHandle, metric: MetricID, hash: UInt64, strings: [[UInt8]]) -> NameEntry {
        let byteCount = size(of: strings)
        let block = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: 8)
        // By `size`, the block holds the header and each string with its length.
        unsafe block.storeBytes(of: hash, toByteOffset: 0, as: UInt64.self)
        unsafe block.storeBytes(of: handle.keyHash, toByteOffset: 8, as: UInt64.self)
        unsafe block.storeBytes(of: metric.rawValue, toByteOffset: 16, as: UInt32.self)
        unsafe block.storeBytes(of: UInt32(handle.type.rawValue), toByteOffset: 20, as: UInt32.self)
        unsafe block.storeBytes(of: UInt32(strings.count), toByteOffset: 24, as: UInt32.self)
        unsafe block.storeBytes(of: UInt32(byteCount), toByteOffset: 28, as: UInt32.self)
        unsafe block.storeBytes(of: handle.cell, toByteOffset: 32, as: UInt.self)
        var offset = headerCount
        for string in strings {
            unsafe block.storeBytes(of: UInt32(string.count), toByteOffset: offset, as: UInt32.self)
            unsafe string.withUnsafeBytes { bytes in
                if let start = bytes.baseAddress {
                    unsafe (block + offset + 4).copyMemory(from: start, byteCount: bytes.count)
                }
            }
            offset += 4 + (string.count + 3) & ~3
        }
        return NameEntry(address: UInt(bitPattern: block))
    }

    static func size(of strings: [[UInt8]]) -> Int {
        strings.reduce(headerCount) { $0 + 4 + ($1.count + 3) & ~3 }
    }

    /// Frees the block. No thread may read it any more.
    func deallocate() {
        // The block that `make` allocated.
        unsafe UnsafeMutableRawPointer(bitPattern: address)?.deallocate()
    }
}
