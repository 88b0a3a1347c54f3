/// Encodes packets as the bytes of a classic capture file. It opens nothing and appends to the caller's buffer.
///
/// File: magic (0xA1B23C4D nanoseconds, 0xA1B2C3D4 microseconds), version 2.4, two zero words, snap length, link type. Packet:
/// seconds, fraction, captured length, original length, bytes. All numbers are little-endian with 32 bits
/// (draft-ietf-opsawg-pcap). Times before 1970 become 1970. Times after 2106 wrap, because the format has 32 bits for seconds.
struct PcapEncoder {
    static let recordHeaderCount = 16

    let description: CaptureDescription

    func appendHeader(to buffer: inout [UInt8]) {
        buffer.appendNumber(description.hasNanoseconds ? 0xA1B2_3C4D as UInt32 : 0xA1B2_C3D4)
        buffer.appendNumber(2 as UInt16)
        buffer.appendNumber(4 as UInt16)
        buffer.appendNumber(0 as UInt64)
        buffer.appendNumber(description.snapLength == 0 ? 262_144 : description.snapLength)
        buffer.appendNumber(UInt32(description.linkType))
    }

    /// - Parameters:
    ///   - timestamp: nanoseconds since 1970
    ///   - originalCount: the packet's length on the wire
    func appendPacket(timestamp: Int64, originalCount: UInt32, bytes: Span<UInt8>, to buffer: inout [UInt8]) {
        let time = UInt64(max(timestamp, 0))
        let fraction = time % 1_000_000_000
        buffer.appendNumber(UInt32(truncatingIfNeeded: time / 1_000_000_000))
        buffer.appendNumber(UInt32(description.hasNanoseconds ? fraction : fraction / 1000))
        buffer.appendNumber(UInt32(bytes.count))
        buffer.appendNumber(originalCount)
        buffer.append(bytesOf: bytes)
    }

    /// The length of the record at `offset` of `buffer`.
    static func recordCount(at offset: Int, in buffer: [UInt8]) -> Int? {
        buffer.number32(at: offset + 8).map { recordHeaderCount + Int($0) }
    }
}
