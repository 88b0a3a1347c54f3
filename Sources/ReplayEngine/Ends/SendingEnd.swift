import StatsBuffers
import StatsModel
import StatsPipeline
import StatsWire

/// The sending end of a run: a client, the clients that replace it when it restarts, and the time that its single worker needs
/// (``SenderModel``).
///
/// One factory creates all clients of a run, each with a session of its own. The factory determines which client is under test.
struct SendingEnd<Client: ClientUnderTest & ~Copyable>: ~Copyable, SendingSide {
    private let make: (_ session: UInt64) -> Client
    private let seed: UInt64
    private let model: SenderModel
    private var client: Client
    private var restarts: UInt64 = 0
    /// The sum of the reports of retired clients.
    private var retired = ClientReport()
    /// The time until which the worker is busy with its last packet.
    private var busyUntil = Instant.start
    /// Whether events were recorded, or a packet was sent, since the worker last found nothing to do.
    private var hasWork = false
    private(set) var lastSend = Instant.start
    /// Updated at every change, because the driver reads it far more often than it changes.
    private(set) var nextDeadline: Instant?

    /// - Parameter make: creates the client of a session
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

    mutating func prepare(at places: MetricCatalog.Places, count: Int) { client.prepare(at: places, count: count) }

    mutating func offer(
        _ event: DecodedEvent, place: UInt32, bytes: Span<UInt8>, timestamp: Int64, at time: Instant
    ) -> PushResult {
        hasWork = true
        nextDeadline = busyUntil
        return client.record(event, place: place, bytes: bytes, timestamp: timestamp, at: time)
    }

    mutating func pollTransmit(at time: Instant, epoch: Int64) -> OutgoingPacket? {
        if let packet = client.pollTransmit(at: time, epoch: epoch) { return packet }
        hasWork = false
        refreshDeadline()
        return nil
    }

    mutating func withDatagram<Result: ~Copyable, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try client.withDatagram(body)
    }

    mutating func handleSendOutcome(_ outcome: SendOutcome, of packet: OutgoingPacket, at time: Instant) {
        client.handleSendOutcome(outcome, at: time)
        // A second copy is not encoded again, so its events cost nothing.
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
