import StatsBuffers
import StatsModel
import StatsPipeline
import StatsWire

/// The sending end of a run: a client, the clients that take its place when it restarts, and the time that its one worker
/// needs (``SenderModel``).
///
/// Whatever makes clients decides which one is under test. All clients of a run are made by the same factory, each in a
/// session of its own.
struct SendingEnd<Client: ClientUnderTest & ~Copyable>: ~Copyable, SendingSide {
    private let make: (_ session: UInt64) -> Client
    private let seed: UInt64
    private let model: SenderModel
    private var client: Client
    private var restarts: UInt64 = 0
    /// The reports of clients before a restart, added up.
    private var retired = ClientReport()
    /// Until when the worker is busy with the packet it last sent.
    private var busyUntil = Instant.start
    /// Events were recorded, or a packet was sent, since the worker last found nothing to do.
    private var hasWork = false
    private(set) var lastSend = Instant.start
    /// Worked out where something changes it: the driver asks far more often.
    private(set) var nextDeadline: Instant?

    /// - Parameter make: makes the client of a session
    init(_ scenario: Scenario, make: @escaping (_ session: UInt64) -> Client) {
        self.make = make
        seed = scenario.seed
        model = scenario.sender
        client = make(scenario.session)
        nextDeadline = client.nextDeadline
    }

    private mutating func refreshDeadline() {
        nextDeadline = hasWork ? busyUntil : client.nextDeadline.map { max($0, busyUntil) }
    }

    mutating func prepare(_ events: Span<DecodedEvent>, bytes: Span<UInt8>) { client.prepare(events, bytes: bytes) }

    mutating func offer(_ event: DecodedEvent, bytes: Span<UInt8>, timestamp: Int64, at time: Instant) -> PushResult {
        hasWork = true
        nextDeadline = busyUntil
        return client.record(event, bytes: bytes, timestamp: timestamp, at: time)
    }

    mutating func pollTransmit(at time: Instant, epoch: Int64) -> OutgoingPacket? {
        if let packet = client.pollTransmit(at: time, epoch: epoch) { return packet }
        hasWork = false
        refreshDeadline()
        return nil
    }

    borrowing func withDatagram<Result: ~Copyable, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try client.withDatagram(body)
    }

    mutating func handleSendOutcome(_ outcome: SendOutcome, of packet: OutgoingPacket, at time: Instant) {
        client.handleSendOutcome(outcome, at: time)
        // A second copy was encoded before.
        let events = packet.copy == 0 ? packet.eventCount : 0
        lastSend = time + model.serviceTime(events: events, bytes: packet.byteCount)
        busyUntil = lastSend
        hasWork = true
        nextDeadline = busyUntil
    }

    mutating func handleAnswer(_ bytes: Span<UInt8>, at time: Instant) -> Bool {
        let isUnderstood = client.handleAcknowledgement(bytes, at: time)
        if !hasWork { refreshDeadline() }
        return isUnderstood
    }

    mutating func pollBreakerTransition() -> BreakerTransition? { client.pollBreakerTransition() }

    mutating func crash(at time: Instant) -> TypeCounts {
        client.crash(at: time)
        let report = client.report
        retired += report
        return report.dropped[.clientRestart].counts
    }

    mutating func restart(at time: Instant) -> UInt64 {
        restarts += 1
        let session = Scenario.session(seed: seed, restarts: restarts)
        client = make(session)
        busyUntil = time
        hasWork = false
        refreshDeadline()
        return session
    }

    mutating func close(at time: Instant) {
        client.close(at: time)
        refreshDeadline()
    }

    var report: ClientReport {
        var sum = retired
        sum += client.report
        return sum
    }
}
