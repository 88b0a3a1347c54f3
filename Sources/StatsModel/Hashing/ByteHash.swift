/// A 64-bit hash of bytes that is the same on every machine and in every build. Use it for digests that are compared or recorded.
/// Tables that strangers fill use ``TableHash``.
public enum ByteHash {
    /// Hashes `bytes[range]`, starting from `state`. O(n), eight bytes per step.
    @inlinable public static func hash(_ bytes: Span<UInt8>, _ range: Range<Int>, state: UInt64 = 0) -> UInt64 {
        precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count, "hash range outside its bytes")
        let raw = unsafe bytes.bytes
        var hash = state ^ (UInt64(range.count) &* 0x9E37_79B9_7F4A_7C15)
        var offset = range.lowerBound
        let end = range.upperBound
        while end &- offset >= 8 {
            // In bounds: offset + 8 <= end <= bytes.count, by the loop's condition and the precondition.
            hash = fold(hash, unsafe raw.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt64.self))
            offset &+= 8
        }
        var tail: UInt64 = 0
        var shift: UInt64 = 0
        while offset < end {
            tail |= UInt64(bytes[offset]) << shift
            shift &+= 8
            offset &+= 1
        }
        return KeyedRandom.mix(fold(hash, tail))
    }

    @inlinable static func fold(_ hash: UInt64, _ word: UInt64) -> UInt64 {
        let product = (hash ^ word ^ 0xA076_1D64_78BD_642F).multipliedFullWidth(by: 0xE703_7ED1_A0B4_28DB)
        return product.high ^ product.low
    }
}
