import StatsBuffers
import StatsModel
import StatsPipeline
import StatsWire

/// The functions of the sending end that a driver calls. ``SendingEnd`` and its wrappers conform to it.
protocol SendingSide: ~Copyable {
    /// The next time at which the client's worker has something to do. An instant in the past means at once, and nil means never.
    var nextDeadline: Instant? { get }

    /// Announces the events that are offered next, so that a client can fetch their metrics from memory together.
    mutating func prepare(at places: MetricCatalog.Places, count: Int)

    /// Offers one event.
    ///
    /// - Parameters:
    ///   - place: where the search for its metric begins in a catalog with the hash of this process
    ///   - timestamp: the time of the offer in nanoseconds since 1970
    mutating func offer(
        _ event: DecodedEvent, place: UInt32, bytes: Span<UInt8>, timestamp: Int64, at time: Instant
    ) -> PushResult

    /// The next datagram that the worker sends. ``withDatagram(_:)`` gives its bytes until the next poll. nil if none is due.
    mutating func pollTransmit(at time: Instant, epoch: Int64) -> OutgoingPacket?

    mutating func withDatagram<Result: ~Copyable, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result

    /// Takes the result of sending the packet that was polled last, as far as the sender can know it.
    mutating func handleSendOutcome(_ outcome: SendOutcome, of packet: OutgoingPacket, at time: Instant)

    /// Takes a datagram that arrived on the return path. Returns false if the client does not understand it.
    mutating func handleAnswer(_ bytes: Span<UInt8>, at time: Instant) -> Bool

    mutating func pollBreakerTransition() -> BreakerTransition?

    /// Ends the client's process. Returns the waiting events, which are lost.
    mutating func crash(at time: Instant) -> TypeCounts

    /// Starts the next client. Returns its session.
    mutating func restart(at time: Instant) -> UInt64

    /// Closes the client, because nothing more will be offered.
    mutating func close(at time: Instant)

    /// The sum of the own reports of all clients of the run.
    var report: ClientReport { get }

    /// The time at which the worker had finished sending its last packet.
    var lastSend: Instant { get }
}

extension SendingSide where Self: ~Copyable {
    mutating func prepare(at places: MetricCatalog.Places, count: Int) {}
}
