import StatsWire

/// Takes super-packets of segmentation offload apart: several sequenced packets behind each other in one datagram, each
/// of which says by its own length where the next begins.
enum PacketSplitter {
    /// The length the first packet states where another packet begins right behind it; all of the bytes elsewhere. O(1).
    static func length(ofFirstIn bytes: Span<UInt8>) -> Int {
        guard bytes.count >= PacketHeader.byteCount else { return bytes.count }
        let stated = PacketHeader.byteCount + Int(bytes[32]) + Int(bytes[33]) << 8
        guard stated < bytes.count, PacketHeader.isSequenced(bytes.extracting(stated..<bytes.count)) else {
            return bytes.count
        }
        return stated
    }
}
