import StatsWire

/// Splits super-packets of segmentation offload. Such a datagram holds several sequenced packets in a row, and the length in each
/// packet's header gives the start of the next packet.
enum PacketSplitter {
    /// The length of the first packet, according to its header, if another packet begins right behind it. Otherwise the length of
    /// all bytes. O(1).
    static func length(ofFirstIn bytes: Span<UInt8>) -> Int {
        guard bytes.count >= PacketHeader.byteCount else { return bytes.count }
        let stated = PacketHeader.byteCount + Int(bytes[32]) + Int(bytes[33]) << 8
        guard stated < bytes.count, PacketHeader.isSequenced(bytes.extracting(stated..<bytes.count)) else {
            return bytes.count
        }
        return stated
    }
}
