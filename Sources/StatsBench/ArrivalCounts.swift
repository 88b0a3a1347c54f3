package import StatsModel

/// What arrived at a ``LoopbackReceiver``.
package struct ArrivalCounts: Sendable {
    /// Data packets with new numbers, and events decoded from them.
    package var packets: UInt64 = 0
    package var events: UInt64 = 0
    /// Data packets whose numbers never came: those that the socket's buffer had no room for.
    package var lostPackets: UInt64 = 0
    /// Data packets that came once more: sent again before the answer to the first was there.
    package var repeated: UInt64 = 0
    /// Datagrams and records that could not be read; none of our own client's.
    package var unreadable: UInt64 = 0
    /// The sum of all events' values.
    package var valueSum = 0.0
    /// Nanoseconds from what an event's value names to its decoding, one for each event, where that was asked for.
    package var latencies: [Double] = []
    /// When the last event was decoded, on the receiver's clock.
    package var lastArrival = Instant.start

    package init() {}

    /// The share of all packets sent that never came; 0 where none was sent.
    package var packetLoss: Double {
        let sent = packets + lostPackets
        return sent == 0 ? 0 : Double(lostPackets) / Double(sent)
    }
}
