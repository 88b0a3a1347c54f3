/// One packet of the file. Its bytes stay in the window until the next packet is read.
struct PacketRecord {
    /// Nanoseconds since 1970; the time of the record before, where ``hasTimestamp`` is false.
    var timestamp: Int64 = 0
    var hasTimestamp = false
    /// The captured bytes, as positions in ``InputWindow/bytes``.
    var lower = 0
    var count = 0
    /// The packet's length on the wire; at least ``count``.
    var wireCount = 0
    var link = LinkType.unsupported
    /// The interface, counted over all sections of the file; 0 in pcap.
    var interface: UInt32 = 0
}

extension PacketRecord {
    /// Whether the capture time is usable. A file without times holds zeros.
    @inline(__always)
    var saysTime: Bool { hasTimestamp && timestamp != 0 }
}
