package import PacketCapture
import StatsModel
import StatsReceiver
import StatsWire

/// Replays one capture through the simulation. The one entry that the command line and tests call.
package enum Replay {
    /// How far a long run has come, for a progress line.
    package struct Progress: Sendable {
        package let datagrams: UInt64
        package let events: UInt64
    }

    /// Runs `scenario` over the capture.
    ///
    /// A capture that breaks in the middle is replayed up to there, and the record says so (``RunRecord/sourceError``).
    ///
    /// - Parameters:
    ///   - sabotage: what to break on purpose, for a self-test
    ///   - progress: called every few thousand datagrams
    /// - Throws: ``CaptureError`` when the file cannot be opened or is no capture
    ///
    /// Memory does not grow with the capture's length, only with its distinct metrics.
    package static func run(
        _ capture: CaptureIdentity, scenario: Scenario, sabotage: Sabotage? = nil,
        progress: (Progress) -> Void = { _ in }
    ) throws(CaptureError) -> RunRecord {
        if let record = try run(capture, scenario, sabotage, SenderDialects(), progress) { return record }
        let senders = SenderDialects.survey(try DatagramReader(capture, ports: scenario.ports, rules: scenario.reading))
        guard let record = try run(capture, scenario, sabotage, senders, progress) else {
            preconditionFailure("every sender of a capture that was looked through is decided")
        }
        return record
    }

    /// nil where a line came whose meaning depends on what the rest of the capture says of its sender.
    private static func run(
        _ capture: CaptureIdentity, _ scenario: Scenario, _ sabotage: Sabotage?, _ senders: SenderDialects,
        _ progress: (Progress) -> Void
    ) throws(CaptureError) -> RunRecord? {
        var record = RunRecord(capture: capture, scenario: scenario)
        var feed = ReplayFeed(
            scenario: scenario, senders: senders, sabotage: sabotage,
            isUntimed: try !CaptureTimes.areStated(in: capture, ports: scenario.ports, rules: scenario.reading))
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
            // Nothing is in a second pass that was not in the first.
            if pass == 0 { feed.recordNotes(reader.notes) }
            if feed.facts.datagrams == 0 { break passes }
        }
        if feed.isUndecided { return nil }
        feed.finish(into: &record)
        return record
    }

    /// Runs `scenario` over datagrams in memory: the same run as over a file that holds them, but for the file's name and
    /// checksum, which `capture` states.
    package static func run(
        _ excerpt: CaptureExcerpt, of capture: CaptureIdentity, scenario: Scenario, sabotage: Sabotage? = nil
    ) -> RunRecord {
        if let record = run(excerpt, capture, scenario, sabotage, SenderDialects()) { return record }
        guard let record = run(excerpt, capture, scenario, sabotage, SenderDialects.survey(excerpt)) else {
            preconditionFailure("every sender of a capture that was looked through is decided")
        }
        return record
    }

    private static func run(
        _ excerpt: CaptureExcerpt, _ capture: CaptureIdentity, _ scenario: Scenario, _ sabotage: Sabotage?,
        _ senders: SenderDialects
    ) -> RunRecord? {
        var record = RunRecord(capture: capture, scenario: scenario)
        var feed = ReplayFeed(
            scenario: scenario, senders: senders, sabotage: sabotage,
            isUntimed: !excerpt.indices.contains { excerpt[$0].saysTime } && excerpt.count > 0)
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

/// Turns the datagrams of a capture into events and offers them to the simulation at their times.
struct ReplayFeed: ~Copyable {
    private let scenario: Scenario
    private var clock: ReplayClock
    // Not optional: a large value that cannot be copied would be moved out and in at every call.
    private var simulation: Simulation
    private var decoder = EventDecoder()
    /// Recognises packets that the capture holds twice.
    private var recorded = StatsReceiver()
    private(set) var facts = SourceFacts()
    private(set) var eventCount: UInt64 = 0
    private var reading: DialectReading

    /// A line came whose meaning depends on what is not known of its sender yet: nothing that was offered counts.
    var isUndecided: Bool { reading.isUndecided }

    init(scenario: Scenario, senders: SenderDialects, sabotage: Sabotage?, isUntimed: Bool = false) {
        facts.isUntimed = isUntimed
        self.scenario = scenario
        reading = DialectReading(scenario.dialect, senders)
        simulation = Simulation(scenario: scenario, sabotage: sabotage)
        clock = ReplayClock(pace: scenario.pace, recordPerEvent: scenario.sender.recordPerEvent, isUntimed: isUntimed)
    }

    /// What the capture, read to its end, holds besides its datagrams, or instead of them.
    mutating func recordNotes(_ notes: CaptureNotes) {
        facts.emptiness = CaptureInspection.emptiness(notes)
        guard facts.emptiness == nil else { return }
        facts.problems = CaptureInspection.packetProblems(notes, hasEvents: true) + CaptureInspection.clockProblems(notes)
    }

    mutating func beginNextPass() {
        clock.beginNextPass()
        recorded = StatsReceiver()
    }

    /// Offers one datagram's events. Returns false when the scenario's limit or duration is reached, or the feed is undecided.
    mutating func offer(_ datagram: CapturedDatagram, bytes: Span<UInt8>) -> Bool {
        if let limit = scenario.limit, facts.datagrams >= limit { return false }
        let time = clock.schedule(
            timestamp: datagram.timestamp, hasTimestamp: datagram.hasTimestamp, byteCount: bytes.count)
        if let duration = scenario.duration, time >= Instant.start + duration { return false }
        if facts.datagrams == 0 {
            facts.epoch = datagram.timestamp
            simulation.begin(epoch: datagram.timestamp)
        }
        facts.datagrams += 1
        if datagram.isUnproven { facts.unprovenDuplicates += 1 }
        simulation.advance(to: time)
        let before = eventCount
        if !PacketHeader.isSequenced(bytes) {
            decoder.beginText(bytes, dialect: reading.dialect(of: datagram.source))
            offerEvents(bytes, at: time)
            reading.record(decoder, of: datagram.source)
            if isUndecided { return false }
        } else {
            var start = 0
            while start < bytes.count {
                let rest = bytes.extracting(start..<bytes.count)
                let count = PacketSplitter.length(ofFirstIn: rest)
                offerPacket(datagram, bytes: rest.extracting(0..<count), at: time)
                start += count
            }
        }
        clock.recordOffered(events: eventCount - before)
        return true
    }

    /// Takes what the reader left out of one pass.
    mutating func record(_ notes: CaptureNotes) {
        facts.mergedPackets += notes.duplicateSightings
        facts.wrongChecksums += scenario.reading.checksums == .verify ? notes.wrongDatagrams : 0
    }

    private mutating func offerPacket(_ datagram: CapturedDatagram, bytes: Span<UInt8>, at time: Instant) {
        switch recorded.receive(bytes, from: datagram.source.identifier, at: time) {
        case .accepted(let header, _):
            decoder.beginPacket(bytes, header: header)
            offerEvents(bytes, at: time)
        case .duplicate: facts.duplicatePackets += 1
        case .outOfRange: facts.outOfRangePackets += 1
        case .control: break
        case .corrupt: facts.checksumFailures += 1
        }
        while recorded.pollLost() != nil {}
    }

    private mutating func offerEvents(_ bytes: Span<UInt8>, at time: Instant) {
        while true {
            switch decoder.next(bytes) {
            case .event(let event):
                eventCount += 1
                if event.isInScratch {
                    let scratch = decoder.scratch
                    simulation.offer(event, bytes: scratch.span, at: time)
                } else {
                    simulation.offer(event, bytes: bytes, at: time)
                }
            case .malformed:
                facts.malformed += 1
            case .end:
                return
            }
        }
    }

    mutating func finish(into record: inout RunRecord) {
        if facts.datagrams > 0 {
            simulation.finish()
            simulation.summarize(into: &record)
        }
        record.source = facts
        record.source.dialect = reading.facts
    }
}
