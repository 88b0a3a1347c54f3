extension PacketHeader {
    /// Restores a sealed data packet to the bytes of its first transmission: without the flag ``PacketFlags/isRetransmission``,
    /// and with a recomputed checksum. Parity covers these bytes, so the receiver can use any transmission that arrives.
    ///
    /// - Parameter place: the packet's range in `bytes`; traps if it is outside the bytes or shorter than a header
    ///
    /// O(bytes) if the flag is set, else O(1).
    package static func restoreFirstSent(_ bytes: inout MutableSpan<UInt8>, at place: Range<Int>) {
        precondition(place.count >= byteCount, "a packet has a header")
        precondition(place.lowerBound >= 0 && place.upperBound <= bytes.count, "a packet inside its bytes")
        unsafe bytes.withUnsafeMutableBytes { bytes in
            // In bounds by the preconditions.
            let packet = unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[place])
            let flags = UInt16(littleEndian: unsafe packet.loadUnaligned(fromByteOffset: 34, as: UInt16.self))
            guard PacketFlags(rawValue: flags).contains(.isRetransmission) else { return }
            unsafe packet.storeLittle(flags & ~PacketFlags.isRetransmission.rawValue, at: 34)
            unsafe sealChecksum(packet)
        }
    }
}
