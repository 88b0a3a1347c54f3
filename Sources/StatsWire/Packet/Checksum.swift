import CChecksum
import CDeflate

/// CRC-32 (IEEE 802.3), computed by libdeflate. Long inputs first go through ``cchecksum_fold`` in steps of 64 bytes if the
/// processor supports it, since most systems have a libdeflate without this path.
public enum CRC32 {
    /// Continues `crc` over `bytes[range]`. Begin with 0. Traps if the range is outside the bytes. O(n).
    public static func update(_ crc: UInt32, _ bytes: Span<UInt8>, _ range: Range<Int>) -> UInt32 {
        precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count, "a checksum outside its bytes")
        return unsafe bytes.withUnsafeBytes { raw in
            // The range lies inside the bytes: see the precondition above.
            unsafe update(crc, UnsafeRawBufferPointer(rebasing: raw[range]), withoutField: false)
        }
    }

    /// The checksum of a whole packet, with zeros in place of its checksum field at 36...39. Traps below 40 bytes.
    static func ofPacket(_ bytes: Span<UInt8>) -> UInt32 {
        precondition(bytes.count >= 40, "a packet has a header of 40 bytes")
        return unsafe bytes.withUnsafeBytes { raw in unsafe update(0, raw, withoutField: true) }
    }

    private static func update(_ start: UInt32, _ raw: UnsafeRawBufferPointer, withoutField: Bool) -> UInt32 {
        var crc = start
        guard let base = raw.baseAddress else { return crc }
        // At most the whole count was taken, so the rest lies inside the bytes.
        let taken = unsafe cchecksum_fold(&crc, base, raw.count, withoutField)
        if taken > 0 || !withoutField { return unsafe libdeflate_crc32(crc, base + taken, raw.count - taken) }
        crc = unsafe libdeflate_crc32(crc, base, 36)
        var zero: UInt32 = 0
        // Four zero bytes stand for the checksum field. After it, at 40, the payload begins.
        crc = unsafe withUnsafeBytes(of: &zero) { unsafe libdeflate_crc32(crc, $0.baseAddress, 4) }
        return unsafe libdeflate_crc32(crc, base + 40, raw.count - 40)
    }
}
