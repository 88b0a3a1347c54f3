import PacketCapture
import StatsModel
import StatsReceiver
import StatsWire

/// Decodes the datagrams of a capture into events, and offers them to the simulation at their times.
struct ReplayFeed<Sender: SendingSide & ~Copyable, Receiver: ReceivingSide & ~Copyable>: ~Copyable {
    private let scenario: Scenario
    private var clock: ReplayClock
    // Not optional: a large noncopyable value in an optional would be moved out and back at every call.
    private var simulation: Simulation<Sender, Receiver>
    private var decoder = EventDecoder()
    /// Recognises sequenced packets that the capture contains twice.
    private var recorded = Self.recordedPackets()
    private(set) var facts = SourceFacts()
    private(set) var eventCount: UInt64 = 0
    private var reading: DialectReading

    /// Whether a line came whose meaning depends on a dialect that is not known yet. The events offered so far then do not count.
    var isUndecided: Bool { reading.isUndecided }

    /// - Parameters:
    ///   - simulation: a new simulation of the same scenario
    ///   - senders: the known dialects of the capture's senders
    ///   - isUntimed: whether no datagram of the capture has a time
    init(
        _ scenario: Scenario, simulation: consuming Simulation<Sender, Receiver>, senders: SenderDialects, isUntimed: Bool
    ) {
        facts.isUntimed = isUntimed
        self.scenario = scenario
        self.simulation = simulation
        reading = DialectReading(scenario.dialect, senders)
        clock = ReplayClock(pace: scenario.pace, recordPerEvent: scenario.sender.recordPerEvent, isUntimed: isUntimed)
    }

    private static func recordedPackets() -> StatsReceiver {
        var configuration = ReceiverConfiguration()
        configuration.countsRecords = false
        return StatsReceiver(configuration: configuration)
    }

    mutating func beginNextPass() {
        clock.beginNextPass()
        recorded = Self.recordedPackets()
    }

    /// Offers one datagram's events. Returns false if the scenario's limit or duration is reached, or if the feed is undecided.
    mutating func offer(_ datagram: CapturedDatagram, bytes: Span<UInt8>) -> Bool {
        if let limit = scenario.limit, facts.datagrams >= limit { return false }
        let time = clock.schedule(
            timestamp: datagram.timestamp, hasTimestamp: datagram.hasTimestamp, byteCount: bytes.count)
        if let duration = scenario.duration, time >= Instant.start + duration { return false }
        if facts.datagrams == 0 { simulation.begin(epoch: datagram.timestamp) }
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

    /// Adds the notes of one pass's reader about the datagrams that it left out.
    mutating func record(_ notes: CaptureNotes) {
        facts.mergedPackets += notes.duplicateCaptures
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
        decoder.forEachBatch(bytes) { events, bytes in
            eventCount += UInt64(events.count)
            simulation.offer(events, bytes: bytes, at: time)
        } malformed: { _, _ in
            facts.malformed += 1
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
