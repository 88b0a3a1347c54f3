import NetworkEmulator
import StatsBuffers
import StatsModel
import StatsPipeline
import StatsReceiver
import StatsWire

/// The driver in virtual time. It drives both ends, the link between them and the accounting, in one thread.
///
/// Things that are due at the same instant happen in this order: restarts; deliveries of the network (by insertion); the
/// receiver's timeouts and acknowledgements; acknowledgements that arrive; the client's worker; events that the capture offers. A
/// run therefore depends on its scenario alone.
struct Simulation<Sender: SendingSide & ~Copyable, Receiver: ReceivingSide & ~Copyable>: ~Copyable {
    private var sender: Sender
    private var link: Link
    private var receiver: Receiver
    private var accounting: RunAccounting
    /// nil if no process restarts.
    private var restarts: RestartSchedule?
    private var now = Instant.start
    private var epoch: Int64 = 0

    /// Takes both ends, which must have been created for the same scenario. Traps if ``Scenario/validate()`` would throw.
    init(_ scenario: Scenario, sender: consuming Sender, receiver: consuming Receiver) {
        self.sender = sender
        self.receiver = receiver
        link = Link(scenario)
        restarts = RestartSchedule(scenario.impairments.failures)
        accounting = RunAccounting(scenario, restarts: restarts)
    }

    /// Sets the run's epoch: the start of its clock, in nanoseconds since 1970. Call it before the first event.
    mutating func begin(epoch: Int64) { self.epoch = epoch }

    /// Offers up to ``EventDecoder/batchLimit`` events of one datagram at `time`, which must not be earlier than that of the last
    /// call.
    mutating func offer(_ events: Span<DecodedEvent>, bytes: Span<UInt8>, at time: Instant) {
        let timestamp = epoch &+ Int64(clamping: time.nanoseconds)
        // Each key is hashed once, for the accounting's catalog and the client's. Both catalogs prefetch before either reads, so
        // that memory serves both at the same time.
        let places = accounting.prepare(events, bytes: bytes)
        sender.prepare(at: places, count: events.count)
        accounting.recordOffered(events, at: places, bytes: bytes, timestamp: timestamp)
        // Reading an element of the inline array itself would copy the whole array.
        let starts = places.span
        for index in events.indices {
            let event = events[index]
            switch sender.offer(event, place: starts[index], bytes: bytes, timestamp: timestamp, at: time) {
            case .buffered: break
            case .refused: accounting.recordRefused(event, bytes: bytes, timestamp: timestamp)
            }
        }
    }

    /// Performs everything that is due up to and including `time`.
    mutating func advance(to time: Instant) {
        while let next = nextDeadline, next <= time { step(at: max(next, now)) }
        while restarts != nil, restart(through: time) {}
        now = max(now, time)
    }

    /// Ends the run after the last datagram. It flushes and closes the client, waits for packets in flight, and ends the
    /// reception.
    mutating func finish() {
        // The client is not restarted any more, because nothing more is offered.
        restarts?.stopClient()
        sender.close(at: now)
        while let next = nextDeadline { step(at: max(next, now)) }
        receiver.finish(at: now)
        recordGaps()
        accounting.recordRecoveredTotals(receiver.recovered)
        accounting.finish()
    }

    /// Writes the results into `record`. Call it after ``finish()``.
    func summarize(into record: inout RunRecord) {
        accounting.summarize(sender.report, receiver.report, into: &record)
        record.client.end = sender.lastSend
        record.networkEffects = link.effects
        record.returnPathEffects = link.returnEffects
    }

    private var nextDeadline: Instant? {
        let atReceiver = Self.earlier(link.nextDelivery, receiver.nextDeadline)
        return Self.earlier(atReceiver, Self.earlier(link.nextAnswer, sender.nextDeadline))
    }

    private static func earlier(_ a: Instant?, _ b: Instant?) -> Instant? {
        guard let a else { return b }
        guard let b else { return a }
        return min(a, b)
    }

    private mutating func step(at time: Instant) {
        if restarts != nil, restart(through: time) { return }
        now = time
        if let due = link.nextDelivery, due <= time {
            deliver()
        } else if let due = receiver.nextDeadline, due <= time {
            receiver.handleTimeout(at: time)
            recordGaps()
            answer()
        } else if let due = link.nextAnswer, due <= time {
            deliverAnswers()
        } else {
            transmit()
        }
    }
}

/// The traffic between the two ends, the link and the accounting.
extension Simulation where Sender: ~Copyable, Receiver: ~Copyable {
    /// Sends the client's next packet onto the link, if one is due.
    private mutating func transmit() {
        guard let packet = sender.pollTransmit(at: now, epoch: epoch) else { return }
        let outcome = sender.withDatagram { bytes in
            let fate = link.send(bytes, copy: packet.copy, at: now)
            accounting.recordSent(packet, fate: fate, bytes: bytes)
            return link.outcome(of: fate)
        }
        sender.handleSendOutcome(outcome, of: packet, at: now)
        recordTransitions()
    }

    /// Delivers the due packets to the receiver.
    private mutating func deliver() {
        while let delivery = link.pollDelivery(at: now) {
            link.withDelivered { bytes in
                let outcome = receiver.receive(bytes, at: now)
                accounting.recordArrival(delivery, outcome: outcome, bytes: bytes)
            }
            while let packet = receiver.pollRebuilt(at: now) {
                receiver.withRebuilt { bytes in accounting.recordRebuilt(packet, bytes: bytes, at: now) }
            }
            recordGaps()
        }
    }

    /// Sends the receiver's due acknowledgements onto the return path.
    private mutating func answer() {
        while receiver.pollAnswer(at: now) {
            receiver.withAnswer { bytes in
                accounting.recordAnswer(byteCount: bytes.count, fate: link.sendBack(bytes, at: now))
            }
        }
    }

    /// Delivers the due acknowledgements to the client.
    private mutating func deliverAnswers() {
        while link.pollAnswer(at: now) != nil {
            link.withAnswer { bytes in
                if sender.handleAnswer(bytes, at: now) { accounting.recordAnswerDelivered() }
            }
        }
    }

    private mutating func recordGaps() {
        while let lost = receiver.pollLost() { accounting.recordGap(lost.from...lost.to, of: lost.session) }
        while let came = receiver.pollRecovered() { accounting.recordRecovered(came.from...came.to, of: came.session) }
    }

    private mutating func recordTransitions() {
        while let transition = sender.pollBreakerTransition() { accounting.recordTransition(transition) }
    }

    /// Performs one restart that is due. Returns false if there is none.
    private mutating func restart(through time: Instant) -> Bool {
        guard let restart = restarts?.poll(at: time) else { return false }
        now = max(now, restart.time)
        switch restart.process {
        case .receiver: restartReceiver()
        case .client: restartClient(fault: restart.fault)
        }
        return true
    }

    private mutating func restartReceiver() {
        receiver.handleTimeout(at: now)
        recordGaps()
        accounting.recordRecoveredTotals(receiver.recovered)
        receiver.restart(at: now)
        accounting.restartReceiver(next: restarts?.next(of: .receiver))
    }

    private mutating func restartClient(fault: Int) {
        let lost = sender.crash(at: now)
        recordTransitions()
        let session = sender.restart(at: now)
        accounting.restartClient(session: session, losing: lost, fault: fault)
        link.handleClientRestart()
    }
}
