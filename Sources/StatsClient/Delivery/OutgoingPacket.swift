import StatsModel
public import StatsWire

/// One datagram that the pipeline hands out for sending.
public struct OutgoingPacket: Equatable, Sendable {
    public let kind: PacketKind
    /// Of a data packet its own number, counted from 1; of a heartbeat or closing packet the highest data packet's
    /// number so far, 0 where none was sent.
    public let sequence: UInt64
    public let eventCount: Int
    public let byteCount: Int
    /// 0, or 1 for the second copy of a data packet: the same bytes once more. A driver with two destinations sends
    /// it to the second one.
    public internal(set) var copy = 0
    /// Whether it holds one event alone that is longer than a packet (``ClientConfiguration/largeEventLimit``).
    public internal(set) var isLarge = false
    /// Whether a second copy of this packet will be polled later.
    public internal(set) var hasCopy = false
    /// What a datagram of text does not say of itself; nil for sequenced packets.
    var contents: PacketContents?
    /// What the circuit breaker gave for this packet.
    var permit: CircuitBreaker.Permit?

    public init(kind: PacketKind, sequence: UInt64, eventCount: Int, byteCount: Int) {
        self.kind = kind
        self.sequence = sequence
        self.eventCount = eventCount
        self.byteCount = byteCount
    }
}

/// What stands in a datagram, noted while it was filled.
struct PacketContents: Equatable, Sendable {
    /// Its events, with what they said when they were recorded.
    var tally = Tally()
    /// When the datagram was begun, and when its first event was recorded; nanoseconds since 1970.
    var opened: Int64 = 0
    var recorded: Int64 = 0
}
