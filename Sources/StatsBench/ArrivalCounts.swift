package import StatsModel

/// The packets and events that arrived at a ``LoopbackReceiver``.
package struct ArrivalCounts: Sendable {
    /// Data packets with new numbers.
    package var packets: UInt64 = 0
    /// Events decoded from the data packets.
    package var events: UInt64 = 0
    /// Data packets that never arrived, because the socket's buffer was full.
    package var lostPackets: UInt64 = 0
    /// Datagrams and records that could not be read. Our own client sends none.
    package var unreadable: UInt64 = 0
    /// The sum of all events' values.
    package var valueSum = 0.0
    /// The latency of each event in nanoseconds, from the time stated in its value to its decoding; empty unless measured.
    package var latencies: [Double] = []
    /// When the last event was decoded, on the receiver's clock.
    package var lastArrival = Instant.start

    package init() {}

    /// The share of the packets sent that never arrived; 0 if none was sent.
    package var packetLoss: Double {
        let sent = packets + lostPackets
        return sent == 0 ? 0 : Double(lostPackets) / Double(sent)
    }
}
