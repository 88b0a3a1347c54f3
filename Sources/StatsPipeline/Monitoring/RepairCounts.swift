/// Retransmissions and their cost, in packets and bytes.
public struct RepairCounts: Equatable, Sendable {
    /// Valid acknowledgements from the receiver.
    public internal(set) var acknowledgements: UInt64 = 0
    /// Packets that were retransmitted, for any reason.
    public internal(set) var packets: UInt64 = 0
    /// Bytes of these packets.
    public internal(set) var byteCount: UInt64 = 0
    /// Acknowledgements that did not arrive in time. A critical packet was then retransmitted without a request, or a closing
    /// client requested an acknowledgement by a closing packet.
    public internal(set) var timeouts: UInt64 = 0
    /// Packets that the receiver requested and that were no longer kept, or had been retransmitted as often as allowed.
    public internal(set) var unanswerable: UInt64 = 0
    /// Packets with a critical event that left the memory, or were left in it at the client's end, without an acknowledgement.
    public internal(set) var unconfirmed: UInt64 = 0
    /// Packets that the receiver requested more often than they may be retransmitted
    /// (``ReliabilityConfiguration/retransmissionLimit``). Each counts once.
    public internal(set) var exhausted: UInt64 = 0
    /// Requested packets that waited because of the limit of retransmitted bytes
    /// (``ReliabilityConfiguration/retransmissionFloor``).
    public internal(set) var delayed: UInt64 = 0

    /// Counts that are all zero.
    public init() {}

    /// Adds other counts.
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
