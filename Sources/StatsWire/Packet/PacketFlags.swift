/// The flags of a packet's header; a reader passes over those it does not know.
public struct PacketFlags: OptionSet, Sendable {
    public let rawValue: UInt16

    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// The sender asks for an acknowledgement of this packet.
    public static let wantsAcknowledgement = PacketFlags(rawValue: 1 << 0)
    /// The sender has sent this packet before and does so again, because it was asked to or heard nothing.
    public static let isSentAgain = PacketFlags(rawValue: 1 << 1)
}

extension PacketHeader {
    public var knownFlags: PacketFlags { PacketFlags(rawValue: flags) }

    /// Adds flags to the sealed packet that stands at `place` in `bytes`, and states its checksum anew. O(bytes).
    ///
    /// Traps on a place outside the bytes or shorter than a header.
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
