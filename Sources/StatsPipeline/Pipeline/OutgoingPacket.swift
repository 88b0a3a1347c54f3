package import StatsModel
package import StatsWire

/// One datagram that the pipeline hands out for sending.
package struct OutgoingPacket: Equatable, Sendable {
    package let kind: PacketKind
    /// Of a data packet its own number, counted from 1; of a heartbeat or closing packet the highest data packet's
    /// number so far, 0 where none was sent.
    package let sequence: UInt64
    package let eventCount: Int
    package let byteCount: Int
    /// 0, or 1 for the second copy of a data packet: the same bytes once more. A driver with two destinations sends
    /// it to the second one.
    package internal(set) var copy = 0
    /// Whether it holds one event alone that is longer than a packet (``ClientConfiguration/largeEventLimit``).
    package internal(set) var isLarge = false
    /// Whether a second copy of this packet will be polled later.
    package internal(set) var hasCopy = false
    /// What a datagram of text does not say of itself; nil for sequenced packets.
    package var contents: PacketContents?
    /// What the circuit breaker gave for this packet.
    package var permit: CircuitBreaker.Permit?

    package init(kind: PacketKind, sequence: UInt64, eventCount: Int, byteCount: Int) {
        self.kind = kind
        self.sequence = sequence
        self.eventCount = eventCount
        self.byteCount = byteCount
    }
}

/// What stands in a datagram, noted while it was filled.
package struct PacketContents: Equatable, Sendable {
    /// Its events, with what they said when they were recorded.
    package var tally = Tally()
    /// When the datagram was begun, and when its first event was recorded; nanoseconds since 1970.
    package var opened: Int64 = 0
    package var recorded: Int64 = 0
}
