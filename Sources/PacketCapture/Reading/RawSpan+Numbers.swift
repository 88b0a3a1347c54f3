/// Reads numbers from bytes at any alignment.
///
/// `unsafeLoadUnaligned` checks its range against the span and traps outside. It is unsafe only in the type it reads, and every
/// bit pattern is a valid integer.
extension RawSpan {
    @inline(__always) func native16(at offset: Int) -> UInt16 {
        unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt16.self)
    }

    @inline(__always) func native32(at offset: Int) -> UInt32 {
        unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self)
    }

    @inline(__always) func native64(at offset: Int) -> UInt64 {
        unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self)
    }

    @inline(__always) func big16(at offset: Int) -> UInt16 { UInt16(bigEndian: native16(at: offset)) }
    @inline(__always) func big32(at offset: Int) -> UInt32 { UInt32(bigEndian: native32(at: offset)) }
    @inline(__always) func big64(at offset: Int) -> UInt64 { UInt64(bigEndian: native64(at: offset)) }

    @inline(__always) func byte(at offset: Int) -> UInt8 {
        unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt8.self)
    }
}
