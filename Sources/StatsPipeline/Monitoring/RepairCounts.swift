/// Retransmissions and their cost, in packets and bytes.
public struct RepairCounts: Equatable, Sendable {
    /// Valid acknowledgements from the receiver.
    public internal(set) var acknowledgements: UInt64 = 0
    /// Packets that were retransmitted, for any reason.
    public internal(set) var packets: UInt64 = 0
    /// Bytes of these packets.
    public internal(set) var byteCount: UInt64 = 0
    /// Acknowledgements that did not arrive in time, so that a packet was retransmitted without a request.
    public internal(set) var timeouts: UInt64 = 0
    /// Packets that the receiver requested and that were no longer in the history.
    public internal(set) var unanswerable: UInt64 = 0
    /// Packets with a critical event that left the history, or were left at the client's end, without an acknowledgement.
    public internal(set) var unconfirmed: UInt64 = 0
    /// Requests for packets that had already been retransmitted as often as allowed
    /// (``ReliabilityConfiguration/retransmissionLimit``).
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
