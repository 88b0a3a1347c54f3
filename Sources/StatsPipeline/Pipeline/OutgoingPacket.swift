package import StatsModel
package import StatsWire

/// One datagram that the pipeline passes on for sending.
package struct OutgoingPacket: Equatable, Sendable {
    package let kind: PacketKind
    /// For a data packet its own number, counted from 1. For a heartbeat or closing packet the number of the newest data packet
    /// so far, or 0 if none was sent. For a parity packet the first number of its group.
    package let sequence: UInt64
    package let eventCount: Int
    package let byteCount: Int
    /// 0 for the first copy of a data packet, 1 for its second copy, and 2 or more for a retransmission: how often the packet
    /// has been sent by then, second copies aside. A driver with two destinations sends packets with odd values to the second.
    package internal(set) var copy = 0
    /// Whether the packet holds a single event that is longer than a normal packet (``ClientConfiguration/largeEventLimit``).
    package internal(set) var isLarge = false
    /// Whether a second copy of this packet will be polled later.
    package internal(set) var hasCopy = false
    /// The events of a text datagram, which cannot be recovered from its bytes. nil for sequenced packets.
    package var contents: PacketContents?
    /// The circuit breaker's permit for this packet. nil if there is no breaker.
    package var permit: CircuitBreaker.Permit?

    package init(kind: PacketKind, sequence: UInt64, eventCount: Int, byteCount: Int) {
        self.kind = kind
        self.sequence = sequence
        self.eventCount = eventCount
        self.byteCount = byteCount
    }
}

/// The events of one datagram of text, recorded while it was filled.
package struct PacketContents: Equatable, Sendable {
    /// The number of its events, and their contents as they were recorded.
    package var tally = Tally()
    /// The time at which the datagram was begun, in nanoseconds since 1970.
    package var opened: Int64 = 0
    /// The time at which its first event was recorded, in nanoseconds since 1970. ``opened`` if the event has an explicit
    /// timestamp.
    package var recorded: Int64 = 0
}
