package import StatsBuffers
package import StatsModel
package import StatsPipeline
package import StatsWire

/// A client that a run can drive: events go in, datagrams come out, and time is a parameter of every function.
///
/// ``ClientPipeline`` conforms to it. ``Replay`` accepts a factory for any other client. A client under test sends sequenced
/// packets, because a run identifies packets by their numbers. It also accounts for every event that it does not send
/// (``ClientReport/dropped``). The run compares both with the offered events.
///
/// The data packets of a session have the numbers 1, 2, 3 and so on, in the order in which they are first sent. Second copies
/// keep this order, and a retransmitted packet keeps its number. A client that breaks this rule traps the run.
package protocol ClientUnderTest: ~Copyable {
    /// Announces the events that are recorded next, so that a client can fetch their metrics from memory together. The default
    /// implementation does nothing.
    ///
    /// - Parameter places: where the searches for the first `count` metrics begin (``MetricCatalog/places(of:_:)``)
    mutating func prepare(at places: MetricCatalog.Places, count: Int)

    /// Offers one event at `now`.
    ///
    /// - Parameters:
    ///   - bytes: the bytes that the event's ranges refer to
    ///   - timestamp: nanoseconds since 1970, used if the event has no timestamp
    mutating func record(_ event: DecodedEvent, bytes: Span<UInt8>, timestamp: Int64, at now: Instant) -> PushResult

    /// Offers one event whose metric was announced by ``prepare(at:count:)``. A client with a ``MetricCatalog`` need not hash the
    /// metric again. The default implementation ignores `place`.
    ///
    /// - Parameter place: where the search for the metric begins in a catalog with the hash of this process
    mutating func record(
        _ event: DecodedEvent, place: UInt32, bytes: Span<UInt8>, timestamp: Int64, at now: Instant
    ) -> PushResult

    /// The next time at which ``pollTransmit(at:epoch:)`` must be called even if nothing is recorded. nil if there is none. After
    /// a poll has returned nil, the deadline is later than that poll.
    ///
    /// The getter and ``withDatagram(_:)`` change nothing. They are `mutating` because each borrowing call would copy the client,
    /// which has several kilobytes.
    var nextDeadline: Instant? { mutating get }

    /// The next datagram that is due at `now`. ``withDatagram(_:)`` gives its bytes until the next poll. nil if none is due.
    ///
    /// - Parameter epoch: nanoseconds since 1970 at the start of the run's clock, for timestamps in packets
    mutating func pollTransmit(at now: Instant, epoch: Int64) -> OutgoingPacket?

    /// The bytes of the datagram that was polled last.
    mutating func withDatagram<Result: ~Copyable, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result

    /// Takes the result of sending the packet that was polled last.
    mutating func handleSendOutcome(_ outcome: SendOutcome, at now: Instant)

    /// Takes a datagram that arrived on the return path. Returns false if the client does not understand it.
    mutating func handleAcknowledgement(_ datagram: Span<UInt8>, at now: Instant) -> Bool

    /// The oldest change of a circuit breaker's state that was not polled yet. nil if there is none.
    mutating func pollBreakerTransition() -> BreakerTransition?

    /// Closes the client. Waiting events are still sent, and new events are refused.
    mutating func close(at now: Instant)

    /// Ends the process without a warning. Waiting events are lost as `client_restart`.
    mutating func crash(at now: Instant)

    /// The client's own report on the run.
    var report: ClientReport { get }
}

extension ClientUnderTest where Self: ~Copyable {
    package mutating func prepare(at places: MetricCatalog.Places, count: Int) {}

    package mutating func record(
        _ event: DecodedEvent, place: UInt32, bytes: Span<UInt8>, timestamp: Int64, at now: Instant
    ) -> PushResult {
        record(event, bytes: bytes, timestamp: timestamp, at: now)
    }
}
