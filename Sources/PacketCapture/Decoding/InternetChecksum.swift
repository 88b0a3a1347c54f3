/// The Internet checksum (RFC 1071): the one's complement sum of 16-bit words.
enum InternetChecksum {
    /// Sums `bytes[lower ..< upper]` as big-endian words, eight bytes a step. An odd last byte is padded with 0.
    ///
    /// The sum is taken in the machine's byte order and swapped at the end; RFC 1071 shows that the result is the same.
    @inline(__always)
    static func sum(_ bytes: RawSpan, _ lower: Int, _ upper: Int) -> UInt64 {
        var sum: UInt64 = 0
        var offset = lower
        while upper &- offset >= 8 {
            let word = bytes.native64(at: offset)
            let (next, carry) = sum.addingReportingOverflow(word)
            // A carry out of 64 bits is worth 1, as 2^64 is 1 modulo 2^16 - 1.
            sum = next &+ (carry ? 1 : 0)
            offset &+= 8
        }
        var tail: UInt64 = 0
        var shift: UInt64 = 0
        while offset < upper {
            tail |= UInt64(bytes.byte(at: offset)) << shift
            shift &+= 8
            offset &+= 1
        }
        // A little-endian word. A big-endian machine needs the bytes at the other end.
        let (total, carry) = sum.addingReportingOverflow(UInt64(littleEndian: tail))
        return UInt64(UInt16(bigEndian: fold(total &+ (carry ? 1 : 0))))
    }

    /// Reduces a sum to 16 bits by adding the carries in.
    @inline(__always)
    static func fold(_ sum: UInt64) -> UInt16 {
        var contentAdjustment = (sum >> 32) &+ (sum & 0xFFFF_FFFF)
        contentAdjustment = (contentAdjustment >> 32) &+ (contentAdjustment & 0xFFFF_FFFF)
        contentAdjustment = (contentAdjustment >> 16) &+ (contentAdjustment & 0xFFFF)
        contentAdjustment = (contentAdjustment >> 16) &+ (contentAdjustment & 0xFFFF)
        contentAdjustment = (contentAdjustment >> 16) &+ (contentAdjustment & 0xFFFF)
        return UInt16(truncatingIfNeeded: contentAdjustment)
    }

    /// The sum over UDP's pseudo-header: addresses, protocol and UDP length (RFC 768, RFC 8200).
    @inline(__always)
    static func pseudoHeader(_ ip: IPHeader, udpCount: Int) -> UInt64 {
        var sum = UInt64(fold(ip.sourceLow)) &+ UInt64(fold(ip.destinationLow))
        if ip.isIPv6 { sum &+= UInt64(fold(ip.sourceHigh)) &+ UInt64(fold(ip.destinationHigh)) }
        return sum &+ UInt64(IPHeader.udp) &+ UInt64(fold(UInt64(udpCount)))
    }
}
