import NetworkEmulator
import StatsBuffers
import StatsModel
import StatsPipeline
import StatsWire
import Testing
import Verification

@testable import ReplayEngine

/// The smallest client that a run can turn: one event a packet, no buffer of packets, no repair.
struct PlainClient: ClientUnderTest, ~Copyable {
    private struct Waiting {
        let event: DecodedEvent
        /// The bytes that the event's ranges point into.
        let bytes: [UInt8]
        let timestamp: Int64
    }

    let session: UInt64
    /// Events that it takes, of each ten offered.
    let accepted: Int
    /// Whether it says which events it refuses.
    let isHonest: Bool
    private var offered = 0
    private var waiting: [Waiting] = []
    private var first = 0
    private var sequence: UInt64 = 0
    private var packet: [UInt8] = []
    private var totals = ClientReport()

    init(session: UInt64, accepted: Int = 10, isHonest: Bool = true) {
        self.session = session
        self.accepted = accepted
        self.isHonest = isHonest
    }

    mutating func record(_ event: DecodedEvent, bytes: Span<UInt8>, timestamp: Int64, at now: Instant) -> PushResult {
        offered += 1
        guard offered % 10 < accepted else {
            if isHonest { totals.dropped[.bufferFull] += Self.tally(event, bytes, timestamp) }
            return .refused(.bufferFull)
        }
        waiting.append(Waiting(event: event, bytes: (0..<bytes.count).map { bytes[$0] }, timestamp: timestamp))
        return .buffered
    }

    var nextDeadline: Instant? { first < waiting.count ? .start : nil }

    mutating func pollTransmit(at now: Instant, epoch: Int64) -> OutgoingPacket? {
        guard first < waiting.count else { return nil }
        sequence += 1
        packet = Self.packet(waiting[first], session: session, sequence: sequence)
        first += 1
        return OutgoingPacket(kind: .data, sequence: sequence, eventCount: 1, byteCount: packet.count)
    }

    borrowing func withDatagram<Result: ~Copyable, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(packet.span)
    }

    mutating func handleSendOutcome(_ outcome: SendOutcome, at now: Instant) {}
    mutating func handleAcknowledgement(_ datagram: Span<UInt8>, at now: Instant) -> Bool { false }
    mutating func pollBreakerTransition() -> BreakerTransition? { nil }
    mutating func close(at now: Instant) {}

    mutating func crash(at now: Instant) {
        for place in first..<waiting.count {
            let lost = waiting[place]
            totals.dropped[.clientRestart] += Self.tally(lost.event, lost.bytes.span, lost.timestamp)
        }
        first = waiting.count
    }

    var report: ClientReport { totals }

    private static func tally(_ event: DecodedEvent, _ bytes: Span<UInt8>, _ timestamp: Int64) -> Tally {
        var tally = Tally()
        let key =
            event.type.isMetric ? EventContent.key(event.type, bytes, name: event.name, tags: event.tags, extra: event.extra) : 0
        tally.add(
            event.type, count: event.count,
            content: EventContent.hash(
                event.type, metricKey: key, value: event.value, rate: event.rate,
                timestamp: event.timestamp(recordedAt: timestamp), flags: event.flags, bytes: bytes, name: event.name,
                tags: event.tags, extra: event.extra, text: event.text, count: event.count))
        return tally
    }

    /// One event in a packet of its own.
    private static func packet(_ waiting: Waiting, session: UInt64, sequence: UInt64) -> [UInt8] {
        let event = waiting.event
        let recorded = event.timestamp(recordedAt: waiting.timestamp)
        var builder = PacketBuilder(maximumSize: 1472, codec: .binary)
        builder.begin(timestamp: UInt64(bitPattern: recorded))
        var text: [UInt8] = []
        if event.flags.contains(.escapedText) {
            EscapedText.forEachByte(waiting.bytes.span, event.text) { text.append($0) }
        } else {
            text = Array(waiting.bytes[event.text.range])
        }
        var flags = event.flags
        flags.remove(.escapedText)
        let slot = StatEvent(
            metric: MetricID(0), value: event.value, timestamp: recorded, rate: event.rate, count: event.count, flags: flags)
        _ = builder.append(
            slot, key: MetricCatalog.Key(event.type, name: event.name, tags: event.tags, extra: event.extra),
            keys: waiting.bytes.span, text: ByteRange(0..<text.count), texts: text.span)
        _ = builder.seal(session: session, sequence: sequence)
        return builder.withBytes { bytes in (0..<bytes.count).map { bytes[$0] } }
    }
}

@Suite("Other clients") struct OtherClientTests {
    private static func scenario(seed: UInt64) throws -> Scenario {
        var scenario = Scenario()
        scenario.seed = seed
        scenario.client = .bare
        scenario.impairments.loss = Ratio(10, outOf: 100)
        scenario.impairments.duplicate = Ratio(5, outOf: 100)
        scenario.impairments.corrupt = Ratio(5, outOf: 100)
        scenario.impairments.reorder = Ratio(10, outOf: 100)
        scenario.impairments.delay = .milliseconds(20)
        if seed % 2 == 0 { scenario.impairments.failures = [try DownstreamFault(parsing: "client-restart@300ms/400ms")] }
        if seed % 3 == 0 { scenario.impairments.failures.append(try DownstreamFault(parsing: "restart@500ms")) }
        return scenario
    }

    @Test("a client that packs one event a packet and repairs nothing keeps the law", arguments: 1...12 as ClosedRange<UInt64>)
    func plain(seed: UInt64) throws {
        let capture = try SyntheticCapture(lines: mixedLines(seed: seed, count: 1500))
        let identity = try CaptureIdentity(reading: capture.path)
        let scenario = try Self.scenario(seed: seed)
        let record = try Replay.run(identity, scenario: scenario) { _, session in
            PlainClient(session: session, accepted: seed % 4 == 0 ? 7 : 10)
        }
        let judgement = Judgement(record)
        #expect(judgement.faults.isEmpty, "seed \(seed): \(judgement.faults)")
        #expect(record.ledger.offered.counts.total > 1000 && record.packets.sent > 1000 && record.gaps.injected > 50, "seed \(seed)")
        #expect(record.control.sent == 0 && record.repair.counts.packets == 0)
        if seed % 4 == 0 { #expect(record.ledger[.bufferFull].counts.total > 100) }
        if seed % 2 == 0 { #expect(record.restarts.client > 1, "seed \(seed)") }
    }

    @Test("a client that refuses events without saying so breaks the law")
    func silent() throws {
        let capture = try SyntheticCapture(lines: mixedLines(seed: 1, count: 500))
        let record = try Replay.run(CaptureIdentity(reading: capture.path), scenario: Scenario()) { _, session in
            PlainClient(session: session, accepted: 9, isHonest: false)
        }
        #expect(Judgement(record).faults.contains { $0.contains("vanished without a name") }, "\(Judgement(record).faults)")
    }
}
