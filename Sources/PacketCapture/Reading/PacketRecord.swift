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
}
