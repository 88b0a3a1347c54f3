import CDeflate

/// CRC-32 (IEEE 802.3), by libdeflate at the processor's speed.
public enum CRC32 {
    /// Continues `crc` over `bytes[range]`; begins with 0. A range outside the bytes traps. O(n).
    public static func update(_ crc: UInt32, _ bytes: Span<UInt8>, _ range: Range<Int>) -> UInt32 {
        precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count, "a checksum outside its bytes")
        return unsafe bytes.withUnsafeBytes { raw in
            // The range lies inside the bytes, by the precondition above.
            unsafe libdeflate_crc32(crc, raw.baseAddress.map { unsafe $0 + range.lowerBound }, range.count)
        }
    }

    /// The checksum of a whole packet, its own field at 36...39 taken as zero. Traps below 40 bytes.
    static func ofPacket(_ bytes: Span<UInt8>) -> UInt32 {
        var crc = update(0, bytes, 0..<36)
        var zero: UInt32 = 0
        // Four zero bytes stand for the field.
        crc = unsafe withUnsafeBytes(of: &zero) { unsafe libdeflate_crc32(crc, $0.baseAddress, 4) }
        return update(crc, bytes, 40..<bytes.count)
    }
}
