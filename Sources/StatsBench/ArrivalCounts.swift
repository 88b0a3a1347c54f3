public import StatsModel

/// What arrived at a ``LoopbackReceiver``.
public struct ArrivalCounts: Sendable {
    /// Data packets with new numbers, and events decoded from them.
    public var packets: UInt64 = 0
    public var events: UInt64 = 0
    /// Data packets whose numbers never came: those that the socket's buffer had no room for.
    public var lostPackets: UInt64 = 0
    /// Data packets that came once more: sent again before the answer to the first was there.
    public var repeated: UInt64 = 0
    /// Datagrams and records that could not be read; none of our own client's.
    public var unreadable: UInt64 = 0
    /// The sum of all events' values.
    public var valueSum = 0.0
    /// Nanoseconds from what an event's value names to its decoding, one for each event, where that was asked for.
    public var latencies: [Double] = []
    /// When the last event was decoded, on the receiver's clock.
    public var lastArrival = Instant.start

    public init() {}

    /// The share of all packets sent that never came; 0 where none was sent.
    public var packetLoss: Double {
        let sent = packets + lostPackets
        return sent == 0 ? 0 : Double(lostPackets) / Double(sent)
    }
}
