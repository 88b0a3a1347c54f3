import NetworkEmulator
import StatsBuffers
package import StatsModel
import StatsPipeline
import StatsReceiver
package import StatsWire

/// The whole way of the data in virtual time: client, network, receiver, turned by one thread.
///
/// What is due at the same instant happens in this order: deliveries of the network (by insertion), the receiver's
/// time-outs and answers, answers that arrive, the client's worker, then what the capture offers; restarts come before all
/// of it. So a run depends on its scenario alone.
package struct Simulation: ~Copyable {
    package let scenario: Scenario
    private var epoch: Int64 = 0
    var client: ClientPipeline
    var pastClients = PastClients()
    var network: NetworkEmulator
    /// From the receiver back to the client: a link like the first one, with draws of its own.
    private var wayBack: NetworkEmulator
    var receiver: StatsReceiver
    var books: RunBooks
    /// nil where nothing restarts.
    var restarts: RestartSchedule?
    var now = Instant.start
    /// Until when the worker is busy with the packet it last sent (``SenderModel``).
    var senderFree = Instant.start
    /// Events were recorded since the worker last found nothing to do.
    var hasRecorded = false
    private var lastSend = Instant.start
    /// What is broken on purpose; nil in every run but those of a self-test.
    var saboteur: Saboteur?

    /// Traps where ``Scenario/validate()`` would throw.
    package init(scenario: Scenario, sabotage: Sabotage? = nil) {
        self.scenario = scenario
        saboteur = sabotage.map(Saboteur.init)
        client = ClientPipeline(configuration: scenario.client, session: scenario.session)
        network = NetworkEmulator(impairments: scenario.impairments, seed: scenario.seed)
        wayBack = NetworkEmulator(impairments: scenario.wayBack, seed: scenario.seed)
        receiver = StatsReceiver(configuration: scenario.answeringReceiver, seed: scenario.seed)
        restarts = RestartSchedule(scenario.impairments.failures)
        books = RunBooks(scenario, restarts: restarts)
    }

    /// States the run's epoch, before the first event: nanoseconds since 1970 at its start.
    package mutating func begin(epoch: Int64) { self.epoch = epoch }

    /// Offers one event at `time`, which must not lie before the last one's.
    package mutating func offer(_ event: DecodedEvent, bytes: Span<UInt8>, at time: Instant) {
        let timestamp = epoch &+ Int64(clamping: time.nanoseconds)
        books.recordOffered(event, bytes: bytes, timestamp: timestamp)
        hasRecorded = true
        var said = event
        if saboteur != nil {
            guard let changed = saboteur?.offered(event) else { return }
            said = changed
        }
        switch client.record(said, bytes: bytes, timestamp: timestamp, at: time) {
        case .buffered: break
        case .refused: books.recordRefused(event, bytes: bytes, timestamp: timestamp)
        }
    }

    /// Lets everything happen that is due up to and including `time`.
    package mutating func advance(to time: Instant) {
        while let next = nextDeadline, next <= time { step(at: max(next, now)) }
        while restarts != nil, restart(through: time) {}
        now = max(now, time)
    }

    /// The capture is at its end: flushes and closes the client, waits for what is in flight, closes the receiver.
    package mutating func finish() {
        // Nobody starts the client again where nothing more is offered.
        restarts?.stopClient()
        client.close(at: now)
        while let next = nextDeadline { step(at: max(next, now)) }
        receiver.finish(at: now)
        Self.drainLost(&receiver, &books, &saboteur)
        takeRestated()
        books.finish()
    }

    /// When the client's worker next has something to do.
    private var senderDeadline: Instant? {
        if hasRecorded { return max(senderFree, now) }
        return client.nextDeadline.map { max($0, senderFree) }
    }

    private var nextDeadline: Instant? {
        let others = Self.earlier(network.nextDeadline, receiver.nextDeadline)
        return Self.earlier(Self.earlier(others, wayBack.nextDeadline), senderDeadline)
    }

    private static func earlier(_ a: Instant?, _ b: Instant?) -> Instant? {
        guard let a else { return b }
        guard let b else { return a }
        return min(a, b)
    }

    private mutating func step(at time: Instant) {
        if restarts != nil, restart(through: time) { return }
        now = time
        if let due = network.nextDeadline, due <= time {
            Self.deliver(&network, to: &receiver, &books, &saboteur, at: time)
        } else if let due = receiver.nextDeadline, due <= time {
            receiver.handleTimeout(at: time)
            Self.drainLost(&receiver, &books, &saboteur)
            answer(at: time)
        } else if let due = wayBack.nextDeadline, due <= time {
            hear(at: time)
        } else {
            transmit(at: time)
        }
    }

    private mutating func transmit(at time: Instant) {
        guard let packet = client.pollTransmit(at: time, epoch: epoch) else {
            hasRecorded = false
            return
        }
        hasRecorded = true
        let outcome = Self.send(packet, from: client, through: &network, &books, at: time)
        client.handleSendOutcome(outcome, at: time)
        while let transition = client.pollBreakerTransition() { books.recordTransition(transition) }
        // A second copy was encoded before.
        let events = packet.copy == 0 ? packet.eventCount : 0
        lastSend = time + scenario.sender.serviceTime(events: events, bytes: packet.byteCount)
        senderFree = lastSend
    }

    /// Hands a packet to the network and says what the sender learns of it. A downstream that
    /// fails, or a link that refuses the length, answers `.failed`, and the packet is lost as `sendFailed`.
    private static func send(
        _ packet: OutgoingPacket, from client: borrowing ClientPipeline, through network: inout NetworkEmulator,
        _ books: inout RunBooks, at time: Instant
    ) -> SendOutcome {
        client.withDatagram { bytes in
            let fate = network.handle(bytes, copy: packet.copy, at: time)
            books.recordSent(packet, fate: fate, bytes: bytes)
            if !fate.isSendFailed { return .sent }
            // With "don't fragment" set the link refuses the length, and says nothing of the receiver.
            let isLength = fate.rule.map { network.impairments.rules[$0].kind == .mtu } ?? false
            return isLength ? .tooLong : .failed
        }
    }

    private static func deliver(
        _ network: inout NetworkEmulator, to receiver: inout StatsReceiver, _ books: inout RunBooks,
        _ saboteur: inout Saboteur?, at time: Instant
    ) {
        while let delivery = network.pollDelivery(at: time) {
            network.withDelivered { bytes in
                if let changed = saboteur?.stated(bytes) { return hear(changed, delivery, by: &receiver, &books, at: time) }
                var outcome = receiver.receive(bytes, from: source, at: time)
                if let changed = saboteur?.received(outcome, bytes) { outcome = changed }
                let counts = books.recordArrival(delivery, outcome: outcome, bytes: bytes)
                if case .accepted(let header, _) = outcome {
                    receiver.recordDelivered(counts, header, from: source)
                    receiver.recordArrived(packet: bytes, header, from: source)
                }
            }
            takeRebuilt(&receiver, &books, &saboteur, at: time)
            drainLost(&receiver, &books, &saboteur)
        }
    }

    /// Hands the receiver's answers to the way back.
    private mutating func answer(at time: Instant) {
        while receiver.pollAcknowledgement(at: time) != nil {
            Self.send(receiver, through: &wayBack, &books, &saboteur, at: time)
        }
    }

    private static func send(
        _ receiver: borrowing StatsReceiver, through wayBack: inout NetworkEmulator, _ books: inout RunBooks,
        _ saboteur: inout Saboteur?, at time: Instant
    ) {
        receiver.withAcknowledgement { bytes in
            if let changed = saboteur?.answered(bytes) {
                changed.withBytes { books.recordAnswer(byteCount: $0.count, fate: wayBack.handle($0, at: time)) }
                return
            }
            books.recordAnswer(byteCount: bytes.count, fate: wayBack.handle(bytes, at: time))
        }
    }

    /// What came back to the client.
    private mutating func hear(at time: Instant) {
        while wayBack.pollDelivery(at: time) != nil { Self.hear(wayBack, by: &client, &books, &saboteur, at: time) }
    }

    private static func hear(
        _ wayBack: borrowing NetworkEmulator, by client: inout ClientPipeline, _ books: inout RunBooks,
        _ saboteur: inout Saboteur?, at time: Instant
    ) {
        wayBack.withDelivered { bytes in
            if saboteur?.isHeard() == false { return }
            if client.handleAcknowledgement(bytes, at: time) { books.recordAnswerHeard() }
        }
    }

    /// The one client of a run, as the receiver knows it.
    static let source = SourceID(1)

    static func drainLost(
        _ receiver: inout StatsReceiver, _ books: inout RunBooks, _ saboteur: inout Saboteur?
    ) {
        while let lost = receiver.pollLost() {
            let gap = lost.from...lost.to
            if let reported = saboteur == nil ? gap : saboteur?.reported(gap) { books.recordGap(reported, of: lost.session) }
        }
        while let came = receiver.pollRecovered() { books.recordRecovered(came.from...came.to, of: came.session) }
    }

    /// Writes what happened into `record`. After ``finish()``.
    package func summarize(into record: inout RunRecord) {
        books.summarize(into: &record)
        var clients = pastClients
        clients.add(client)
        for cause in LossCause.allCases { record.ledger[cause] += clients.dropped[cause] }
        record.ledger.folded = clients.folded
        record.valueFaults = books.valueFaults(lostLater: clients.lostLater)
        record.client.bufferPeak = clients.bufferPeak
        record.client.copies = clients.copies
        record.client.largePackets = clients.largePackets
        record.repair.counts = clients.repairs
        summarizeStatements(clients.statements, into: &record)
        record.parity.traffic = clients.parity
        record.parity.counts += receiver.parityCounts
        record.client.memoryPeak = client.memory == nil ? nil : clients.memoryPeak
        record.client.end = lastSend
        record.session = receiver.sessions.first
        record.sabotageDeeds = saboteur?.deeds ?? 0
        record.networkEffects = network.effects
        record.wayBackEffects = wayBack.effects
    }
}
