extension PacketHeader {
    /// Makes a sealed data packet what it was when it was first sent: without ``PacketFlags/isSentAgain``, its checksum
    /// stated anew. Parity covers those bytes, whichever sending of the packet arrives.
    ///
    /// - Parameter place: where the packet stands in `bytes`; traps outside them or shorter than a header
    ///
    /// O(bytes) where the flag is set, else O(1).
    public static func restoreFirstSent(_ bytes: inout MutableSpan<UInt8>, at place: Range<Int>) {
        precondition(place.count >= byteCount, "a packet has a header")
        precondition(place.lowerBound >= 0 && place.upperBound <= bytes.count, "a packet inside its bytes")
        unsafe bytes.withUnsafeMutableBytes { bytes in
            // In bounds by the preconditions.
            let packet = unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[place])
            let flags = UInt16(littleEndian: unsafe packet.loadUnaligned(fromByteOffset: 34, as: UInt16.self))
            guard PacketFlags(rawValue: flags).contains(.isSentAgain) else { return }
            unsafe packet.storeLittle(flags & ~PacketFlags.isSentAgain.rawValue, at: 34)
            unsafe sealChecksum(packet)
        }
    }
}
