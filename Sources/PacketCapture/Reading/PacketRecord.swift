/// One packet as the file holds it; its bytes stand in the window until the next one is read.
struct PacketRecord {
    /// Nanoseconds since 1970; what the record before had where ``hasTimestamp`` is false.
    var timestamp: Int64 = 0
    var hasTimestamp = false
    /// The captured bytes, as positions in ``InputWindow/bytes``.
    var lower = 0
    var count = 0
    /// The packet's length on the wire; at least ``count``.
    var wireCount = 0
    var link = LinkType.unsupported
    /// The interface it was seen on, counted over all sections of the file; 0 in pcap.
    var interface: UInt32 = 0
}

extension PacketRecord {
    /// Whether the file says when the packet was seen: zero alone is what a file without times holds.
    @inline(__always)
    var saysTime: Bool { hasTimestamp && timestamp != 0 }
}
