import StatsBuffers
import StatsModel
import StatsPipeline
import StatsWire

/// A sending end whose input a ``Mutator`` changes: offered events, and acknowledgements.
struct MutatedSendingEnd<Base: SendingSide & ~Copyable>: ~Copyable, SendingSide {
    private var base: Base
    private let mutator: Mutator

    init(_ base: consuming Base, by mutator: Mutator) {
        self.base = base
        self.mutator = mutator
    }

    mutating func offer(
        _ event: DecodedEvent, place: UInt32, bytes: Span<UInt8>, timestamp: Int64, at time: Instant
    ) -> PushResult {
        // An event that the client loses silently looks like an accepted event.
        guard let changed = mutator.offered(event) else { return .buffered }
        return base.offer(changed, place: place, bytes: bytes, timestamp: timestamp, at: time)
    }

    mutating func handleAnswer(_ bytes: Span<UInt8>, at time: Instant) -> Bool {
        mutator.deliversAnswer() && base.handleAnswer(bytes, at: time)
    }

// Everything else passes through unchanged.

    var nextDeadline: Instant? { base.nextDeadline }

    mutating func pollTransmit(at time: Instant, epoch: Int64) -> OutgoingPacket? {
        base.pollTransmit(at: time, epoch: epoch)
    }

    mutating func withDatagram<Result: ~Copyable, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try base.withDatagram(body)
    }

    mutating func handleSendOutcome(_ outcome: SendOutcome, of packet: OutgoingPacket, at time: Instant) {
        base.handleSendOutcome(outcome, of: packet, at: time)
    }

    mutating func pollBreakerTransition() -> BreakerTransition? { base.pollBreakerTransition() }
    mutating func crash(at time: Instant) -> TypeCounts { base.crash(at: time) }
    mutating func restart(at time: Instant) -> UInt64 { base.restart(at: time) }
    mutating func close(at time: Instant) { base.close(at: time) }
    var report: ClientReport { base.report }
    var lastSend: Instant { base.lastSend }
}
