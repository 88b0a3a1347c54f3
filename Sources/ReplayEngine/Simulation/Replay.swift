package import PacketCapture
import StatsModel
package import StatsPipeline

/// Replays one capture through the simulation. The command line and the tests enter here.
package enum Replay {
    /// The progress of a long run, for a progress line.
    package struct Progress: Sendable {
        package let datagrams: UInt64
        package let events: UInt64
    }

    /// Runs `scenario` over the capture.
    ///
    /// If the capture breaks off, it is replayed up to that point, and the record has the error (``RunRecord/sourceError``).
    ///
    /// - Parameters:
    ///   - mutation: the fault that a self-test makes on purpose
    ///   - progress: called every few thousand datagrams
    /// - Throws: ``CaptureError`` if the file cannot be opened or is no capture
    ///
    /// Memory grows with the number of distinct metrics, and not with the length of the capture.
    package static func run(
        _ capture: CaptureIdentity, scenario: Scenario, mutation: Mutation? = nil,
        progress: (Progress) -> Void = { _ in }
    ) throws(CaptureError) -> RunRecord {
        guard let mutation else {
            return try run(capture, scenario: scenario, client: ClientPipeline.init(configuration:session:), progress: progress)
        }
        var mutator = Mutator(mutation)
        var record = try run(capture, scenario, progress) {
            mutator = Mutator(mutation)
            return mutated(scenario, by: mutator)
        }
        record.mutationsApplied = mutator.applied
        return record
    }

    /// Runs `scenario` over the capture with another client in place of ``ClientPipeline``.
    ///
    /// - Parameter client: creates a client for the scenario's configuration and a session. It is called again for each restart
    package static func run<Client: ClientUnderTest & ~Copyable>(
        _ capture: CaptureIdentity, scenario: Scenario, client: @escaping (ClientConfiguration, _ session: UInt64) -> Client,
        progress: (Progress) -> Void = { _ in }
    ) throws(CaptureError) -> RunRecord {
        try run(capture, scenario, progress) { simulation(scenario, client: client) }
    }

    /// Runs `scenario` over datagrams in memory. The record equals that of a run over a file with these datagrams, except for the
    /// file's name and checksum, which come from `capture`.
    package static func run(
        _ excerpt: CaptureExcerpt, of capture: CaptureIdentity, scenario: Scenario, mutation: Mutation? = nil
    ) -> RunRecord {
        guard let mutation else {
            return run(excerpt, capture, scenario) {
                simulation(scenario, client: ClientPipeline.init(configuration:session:))
            }
        }
        var mutator = Mutator(mutation)
        var record = run(excerpt, capture, scenario) {
            mutator = Mutator(mutation)
            return mutated(scenario, by: mutator)
        }
        record.mutationsApplied = mutator.applied
        return record
    }

    private static func simulation<Client: ClientUnderTest & ~Copyable>(
        _ scenario: Scenario, client: @escaping (ClientConfiguration, _ session: UInt64) -> Client
    ) -> Simulation<SendingEnd<Client>, ReceivingEnd> {
        Simulation(
            scenario, sender: SendingEnd(scenario) { client(scenario.client, $0) }, receiver: ReceivingEnd(scenario))
    }

    /// A simulation in which a mutator wraps both ends.
    private static func mutated(
        _ scenario: Scenario, by mutator: Mutator
    ) -> Simulation<MutatedSendingEnd<SendingEnd<ClientPipeline>>, MutatedReceivingEnd<ReceivingEnd>> {
        let sender = SendingEnd(scenario) { ClientPipeline(configuration: scenario.client, session: $0) }
        return Simulation(
            scenario, sender: MutatedSendingEnd(sender, by: mutator),
            receiver: MutatedReceivingEnd(ReceivingEnd(scenario), by: mutator))
    }
}

/// A capture is read a second time if the meaning of a line depends on later lines of the same sender.
extension Replay {
    private static func run<Sender: SendingSide & ~Copyable, Receiver: ReceivingSide & ~Copyable>(
        _ capture: CaptureIdentity, _ scenario: Scenario, _ progress: (Progress) -> Void,
        _ simulation: () -> Simulation<Sender, Receiver>
    ) throws(CaptureError) -> RunRecord {
        if let record = try run(capture, scenario, SenderDialects(), progress, simulation()) { return record }
        let senders = SenderDialects.survey(try DatagramReader(capture, ports: scenario.ports, rules: scenario.reading))
        guard let record = try run(capture, scenario, senders, progress, simulation()) else {
            preconditionFailure("every sender of a capture that was looked through is decided")
        }
        return record
    }

    /// nil if the meaning of a line depends on its sender's dialect, and only the rest of the capture can show the dialect.
    private static func run<Sender: SendingSide & ~Copyable, Receiver: ReceivingSide & ~Copyable>(
        _ capture: CaptureIdentity, _ scenario: Scenario, _ senders: SenderDialects, _ progress: (Progress) -> Void,
        _ simulation: consuming Simulation<Sender, Receiver>
    ) throws(CaptureError) -> RunRecord? {
        var record = RunRecord(capture: capture, scenario: scenario)
        let isUntimed = try !CaptureTimes.hasTimes(in: capture, ports: scenario.ports, rules: scenario.reading)
        var feed = ReplayFeed(scenario, simulation: simulation, senders: senders, isUntimed: isUntimed)
        passes: for pass in 0..<scenario.loop {
            if pass > 0 { feed.beginNextPass() }
            var reader = try DatagramReader(capture, ports: scenario.ports, rules: scenario.reading)
            defer { feed.record(reader.notes) }
            do throws(CaptureError) {
                while let datagram = try reader.next() {
                    guard reader.withPayload({ feed.offer(datagram, bytes: $0) }) else { break passes }
                    if feed.facts.datagrams % 8192 == 0 {
                        progress(Progress(datagrams: feed.facts.datagrams, events: feed.eventCount))
                    }
                }
            } catch {
                record.sourceError = error
                break passes
            }
            // Every pass reads the same packets, so the notes of the first pass suffice.
            if pass == 0 { record.captureNotes = reader.notes }
            if feed.facts.datagrams == 0 { break passes }
        }
        if feed.isUndecided { return nil }
        feed.finish(into: &record)
        return record
    }

    private static func run<Sender: SendingSide & ~Copyable, Receiver: ReceivingSide & ~Copyable>(
        _ excerpt: CaptureExcerpt, _ capture: CaptureIdentity, _ scenario: Scenario,
        _ simulation: () -> Simulation<Sender, Receiver>
    ) -> RunRecord {
        if let record = run(excerpt, capture, scenario, SenderDialects(), simulation()) { return record }
        guard let record = run(excerpt, capture, scenario, SenderDialects.survey(excerpt), simulation()) else {
            preconditionFailure("every sender of a capture that was looked through is decided")
        }
        return record
    }

    private static func run<Sender: SendingSide & ~Copyable, Receiver: ReceivingSide & ~Copyable>(
        _ excerpt: CaptureExcerpt, _ capture: CaptureIdentity, _ scenario: Scenario, _ senders: SenderDialects,
        _ simulation: consuming Simulation<Sender, Receiver>
    ) -> RunRecord? {
        var record = RunRecord(capture: capture, scenario: scenario)
        let isUntimed = !excerpt.indices.contains { excerpt[$0].saysTime } && excerpt.count > 0
        var feed = ReplayFeed(scenario, simulation: simulation, senders: senders, isUntimed: isUntimed)
        passes: for pass in 0..<scenario.loop {
            if pass > 0 { feed.beginNextPass() }
            for index in excerpt.indices {
                let datagram = excerpt[index]
                guard excerpt.withPayload(of: index, { feed.offer(datagram, bytes: $0) }) else { break passes }
            }
        }
        if feed.isUndecided { return nil }
        feed.finish(into: &record)
        return record
    }
}
