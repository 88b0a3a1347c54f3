/// The description of a parity packet: the group that it covers, and its place among the group's parities.
///
/// Payload layout (codec none, little-endian): members `k` (1), parities of the group `r` (1), index of this parity (1), scheme 0
/// (1), stride (2), then the coded bytes. These are two bytes for the members' lengths, and as many bytes as the longest member
/// has. The header's sequence is the group's first, and its event count is 0.
///
/// A member's row is its length in two bytes, its whole datagram, and zeros up to the longest row. The coded bytes are the sum of
/// the rows, each multiplied by ``ParityCode``'s factor.
package struct ParityPacket: Equatable, Sendable {
    /// Bytes of the payload in front of the coded bytes.
    package static let prefixByteCount = 6
    /// Bytes of a datagram in front of the coded bytes.
    static let codedOffset = PacketHeader.byteCount + prefixByteCount
    /// The difference between a parity packet and the longest datagram that it covers. Data packets must stay this much shorter
    /// than the largest datagram.
    package static let overhead = codedOffset + 2

    package let group: ParityGroup
    /// The number of parities in the group. None of them has to arrive.
    package let parityCount: Int
    /// The index of this parity in the group, from 0.
    package let index: Int

    /// Traps if the index is not below the number of parities, or if this number is not 1 to 8.
    package init(group: ParityGroup, parityCount: Int, index: Int) {
        precondition((1...ParityCode.maximumParities).contains(parityCount), "a group has one to eight parities")
        precondition((0..<parityCount).contains(index), "a parity of the group")
        self.group = group
        self.parityCount = parityCount
        self.index = index
    }

    /// Reads the payload of a verified parity packet. Traps if the header is of another kind. O(1).
    package init(decoding bytes: Span<UInt8>, header: PacketHeader) throws(ParityFault) {
        precondition(header.kind == .parity, "a parity packet is one by its kind")
        let least = Self.overhead + PacketHeader.byteCount
        guard bytes.count >= least else {
            throw .truncated(
                needed: least - PacketHeader.byteCount, available: max(0, bytes.count - PacketHeader.byteCount))
        }
        let offset = PacketHeader.byteCount
        guard bytes[offset + 3] == 0 else { throw .unknownScheme(bytes[offset + 3]) }
        let group = try ParityGroup(
            first: header.sequence, stride: Int(bytes.little(offset + 4, as: UInt16.self)), memberCount: Int(bytes[offset]))
        let (parityCount, index) = (Int(bytes[offset + 1]), Int(bytes[offset + 2]))
        guard (1...ParityCode.maximumParities).contains(parityCount) else { throw .badParityCount(parityCount) }
        guard index < parityCount else { throw .badIndex(index, parityCount: parityCount) }
        self.init(group: group, parityCount: parityCount, index: index)
    }

    /// The range of the coded bytes in the datagram of a parity packet.
    package static func codedRange(of bytes: Span<UInt8>) -> Range<Int> { codedOffset..<bytes.count }

    /// Writes header and prefix in front of the coded bytes, which are already in place, and then the checksum.
    ///
    /// - Parameter packet: exactly the datagram
    func seal(_ packet: UnsafeMutableRawBufferPointer, session: UInt64, timestamp: UInt64) {
        let offset = PacketHeader.byteCount
        unsafe packet.storeLittle(UInt8(group.memberCount), at: offset)
        unsafe packet.storeLittle(UInt8(parityCount), at: offset + 1)
        unsafe packet.storeLittle(UInt8(index), at: offset + 2)
        unsafe packet.storeLittle(0 as UInt8, at: offset + 3)
        unsafe packet.storeLittle(UInt16(group.stride), at: offset + 4)
        let header = PacketHeader(
            kind: .parity, codec: .none, eventCount: 0, session: session, sequence: group.first, timestamp: timestamp,
            payloadLength: UInt16(packet.count - PacketHeader.byteCount))
        unsafe header.seal(packet)
    }
}
