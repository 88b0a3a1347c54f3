/// Little-endian numbers at an offset of a buffer, bounds checked once.
extension Span<UInt8> {
    /// The number at `offset`. Traps if it is not inside the bytes.
    @inline(__always)
    func little<Number: FixedWidthInteger & BitwiseCopyable>(_ offset: Int, as type: Number.Type) -> Number {
        precondition(offset >= 0 && offset <= count - MemoryLayout<Number>.size, "a number outside its bytes")
        // In bounds by the precondition.
        return Number(littleEndian: unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: type))
    }
}

extension UnsafeMutableRawBufferPointer {
    /// Stores a number at `offset`. Traps if it is not inside the buffer.
    @inline(__always)
    func storeLittle<Number: FixedWidthInteger>(_ number: Number, at offset: Int) {
        precondition(offset >= 0 && offset <= count - MemoryLayout<Number>.size, "a number outside its buffer")
        // In bounds by the precondition.
        unsafe storeBytes(of: number.littleEndian, toByteOffset: offset, as: Number.self)
    }
}
