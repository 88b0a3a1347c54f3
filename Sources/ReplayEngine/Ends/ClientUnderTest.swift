package import StatsBuffers
package import StatsModel
package import StatsPipeline
package import StatsWire

/// A client that a run can turn: events go in, datagrams come out, and time is a parameter of every verb.
///
/// ``ClientPipeline`` is the first one. Another takes its place in ``Replay`` by a factory. A client under test sends
/// sequenced packets, since a run finds them again by their numbers, and accounts for every event that it does not send
/// (``ClientReport/dropped``); the run holds both against what was offered.
package protocol ClientUnderTest: ~Copyable {
    /// Announces the events that are recorded next. A client may fetch their metrics from memory all at once; by default it does
    /// nothing.
    mutating func prepare(_ events: Span<DecodedEvent>, bytes: Span<UInt8>)

    /// One event is offered at `now`.
    ///
    /// - Parameters:
    ///   - bytes: the bytes that the event's ranges point into
    ///   - timestamp: nanoseconds since 1970, used where the event states none
    mutating func record(_ event: DecodedEvent, bytes: Span<UInt8>, timestamp: Int64, at now: Instant) -> PushResult

    /// When ``pollTransmit(at:epoch:)`` is to be called although nothing is recorded; nil: never. Once a poll answered nil it is
    /// later than that poll.
    var nextDeadline: Instant? { get }

    /// The next datagram due at `now`, readable through ``withDatagram(_:)`` until the next poll; nil: none.
    ///
    /// - Parameter epoch: nanoseconds since 1970 at the start of the run's clock, for timestamps in packets
    mutating func pollTransmit(at now: Instant, epoch: Int64) -> OutgoingPacket?

    /// The bytes of the datagram last polled.
    borrowing func withDatagram<Result: ~Copyable, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result

    /// What the sender learns of the packet last polled.
    mutating func handleSendOutcome(_ outcome: SendOutcome, at now: Instant)

    /// Takes a datagram that came back from the receiver. False where the client does not understand it.
    mutating func handleAcknowledgement(_ datagram: Span<UInt8>, at now: Instant) -> Bool

    /// The oldest change of a circuit breaker's state not yet polled; nil where there is none.
    mutating func pollBreakerTransition() -> BreakerTransition?

    /// Everything that waits is to go out; afterwards every event is refused.
    mutating func close(at now: Instant)

    /// The process ends without a warning. What waits is lost as `client_restart`.
    mutating func crash(at now: Instant)

    /// What the client says of itself.
    var report: ClientReport { get }
}

extension ClientUnderTest where Self: ~Copyable {
    package mutating func prepare(_ events: Span<DecodedEvent>, bytes: Span<UInt8>) {}
}
