/// What reliability did and cost, in packets and bytes.
public struct RepairCounts: Equatable, Sendable {
    /// Answers of the receiver that were understood.
    public internal(set) var acknowledgements: UInt64 = 0
    /// Packets sent again, whoever asked for them, and their bytes.
    public internal(set) var packets: UInt64 = 0
    public internal(set) var byteCount: UInt64 = 0
    /// Times that no answer came in time: something was sent again unasked.
    public internal(set) var timeouts: UInt64 = 0
    /// Packets that the receiver asked for and that were no longer kept.
    public internal(set) var unanswerable: UInt64 = 0
    /// Packets with a critical event that left the memory, or the client's life, without having been acknowledged.
    public internal(set) var unconfirmed: UInt64 = 0
    /// Packets that were asked for again after they had been sent again as often as they may be
    /// (``ReliabilityConfiguration/retransmissionLimit``).
    public internal(set) var exhausted: UInt64 = 0
    /// Packets asked for that waited, since so many bytes had been sent again (``ReliabilityConfiguration/retransmissionFloor``).
    public internal(set) var delayed: UInt64 = 0

    public init() {}

    public static func += (a: inout Self, b: Self) {
        a.acknowledgements += b.acknowledgements
        a.packets += b.packets
        a.byteCount += b.byteCount
        a.timeouts += b.timeouts
        a.unanswerable += b.unanswerable
        a.unconfirmed += b.unconfirmed
        a.exhausted += b.exhausted
        a.delayed += b.delayed
    }
}
