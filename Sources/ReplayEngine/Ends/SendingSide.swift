import StatsBuffers
import StatsModel
import StatsPipeline
import StatsWire

/// The verbs of the sending end: what a driver turns, whether it is ``SendingEnd`` itself or something around it.
protocol SendingSide: ~Copyable {
    /// When the client's worker next has something to do; an instant in the past means at once, nil means never.
    var nextDeadline: Instant? { get }

    /// Announces the events that are offered next, so that a client can fetch their metrics from memory all at once.
    mutating func prepare(_ events: Span<DecodedEvent>, bytes: Span<UInt8>)

    /// Offers one event; `timestamp` is that of the offering, in nanoseconds since 1970.
    mutating func offer(_ event: DecodedEvent, bytes: Span<UInt8>, timestamp: Int64, at time: Instant) -> PushResult

    /// The next datagram that the worker sends, readable through ``withDatagram(_:)`` until the next poll; nil: none is due.
    mutating func pollTransmit(at time: Instant, epoch: Int64) -> OutgoingPacket?

    borrowing func withDatagram<Result: ~Copyable, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result

    /// What became of the packet last polled, as far as its sender can know.
    mutating func handleSendOutcome(_ outcome: SendOutcome, of packet: OutgoingPacket, at time: Instant)

    /// A datagram came back. False where the client does not understand it.
    mutating func handleAnswer(_ bytes: Span<UInt8>, at time: Instant) -> Bool

    mutating func pollBreakerTransition() -> BreakerTransition?

    /// The client's process ends. Returns the events that waited in it.
    mutating func crash(at time: Instant) -> TypeCounts

    /// Starts the next client. Returns its session.
    mutating func restart(at time: Instant) -> UInt64

    /// Nothing more will be offered.
    mutating func close(at time: Instant)

    /// What all clients of the run say of themselves.
    var report: ClientReport { get }

    /// When the last packet had left.
    var lastSend: Instant { get }
}

extension SendingSide where Self: ~Copyable {
    mutating func prepare(_ events: Span<DecodedEvent>, bytes: Span<UInt8>) {}
}
