/// The flags of a packet's header. A reader ignores unknown flags.
public struct PacketFlags: OptionSet, Sendable {
    /// The bits of the set.
    public let rawValue: UInt16

    /// Flags from their bits.
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// The sender requests an acknowledgement of this packet.
    public static let wantsAcknowledgement = PacketFlags(rawValue: 1 << 0)
    /// The packet is a retransmission: it was requested, or its acknowledgement timed out.
    public static let isRetransmission = PacketFlags(rawValue: 1 << 1)
}

extension PacketHeader {
    /// The header's flags as a set.
    public var knownFlags: PacketFlags { PacketFlags(rawValue: flags) }

    /// Adds flags to the sealed packet at `place` in `bytes`, and recomputes its checksum. O(bytes).
    ///
    /// Traps if the place is outside the bytes or shorter than a header.
    public static func add(_ flags: PacketFlags, to bytes: inout MutableSpan<UInt8>, at place: Range<Int>) {
        precondition(place.count >= byteCount, "a packet has a header")
        precondition(place.lowerBound >= 0 && place.upperBound <= bytes.count, "a packet inside its bytes")
        unsafe bytes.withUnsafeMutableBytes { bytes in
            // In bounds by the preconditions.
            let packet = unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[place])
            let before = UInt16(littleEndian: unsafe packet.loadUnaligned(fromByteOffset: 34, as: UInt16.self))
            unsafe packet.storeLittle(before | flags.rawValue, at: 34)
            unsafe sealChecksum(packet)
        }
    }
}
