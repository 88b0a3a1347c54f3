import Foundation
import NetworkEmulator
import PacketCapture
import StatsPipeline
import StatsModel
import StatsWire
import TestSupport
import Testing
import Verification

@testable import ReplayEngine

/// Text of small captures after public bug reports (`Tests/Reports/README.md`), and of captures like them.
@Suite("Text of reported captures") struct ReportedTextTests {
    private static func identity(_ name: String) throws -> CaptureIdentity {
        try CaptureIdentity(reading: Checkout.reports.appendingPathComponent(name).path)
    }

    private static func run(_ name: String, _ dialect: DialectChoice = .auto, client: ClientPreset? = nil, loss: UInt64 = 0) throws -> RunRecord {
        var scenario = Scenario()
        scenario.dialect = dialect
        if let client { scenario.client = client.configuration }
        if loss > 0 { scenario.impairments.loss = Ratio(loss, outOf: 100) }
        return try Replay.run(identity(name), scenario: scenario)
    }

    private static func inspect(_ name: String, _ dialect: DialectChoice = .auto) throws -> InspectionResult {
        let path = Checkout.reports.appendingPathComponent(name).path
        var inspection = CaptureInspection(dialect, SenderDialects.survey(try DatagramReader(path: path)))
        var reader = try DatagramReader(path: path)
        while let datagram = try reader.next() { reader.withPayload { inspection.record(datagram, $0) } }
        inspection.finish()
        return inspection.result(file: name, notes: reader.notes)
    }

    /// Datagrams of several senders, by port.
    private static func excerpt(_ datagrams: [(port: UInt16, text: String)]) -> CaptureExcerpt {
        var excerpt = CaptureExcerpt()
        for (index, datagram) in datagrams.enumerated() {
            let payload = Array(datagram.text.utf8)
            excerpt.append(
                CapturedDatagram(
                    timestamp: 1_700_000_000_000_000_000 + Int64(index) * 1_000_000, packetNumber: UInt64(index + 1),
                    source: Endpoint(isIPv6: false, high: 0, low: 0x0A00_0007, port: datagram.port),
                    destination: Endpoint(isIPv6: false, high: 0, low: 0x7F00_0001, port: 8125), payloadCount: payload.count,
                    wasFragmented: false, isSegmented: false), payload.span)
        }
        return excerpt
    }

    private static func run(_ excerpt: CaptureExcerpt, _ dialect: DialectChoice = .auto) -> RunRecord {
        var scenario = Scenario()
        scenario.dialect = dialect
        return Replay.run(excerpt, of: CaptureIdentity(name: "made", path: "made", byteCount: 0, crc32: 0), scenario: scenario)
    }

    private static func value(_ label: String, in record: RunRecord) -> Double? {
        record.metrics.first { $0.label == label }?.offeredValue
    }

    @Test("a tagged level below zero is a level: it costs what one above zero costs, and is repaired alike")
    func levels() throws {
        let (below, above) = ("b01-level-below-zero.pcap", "b01-level-above-zero.pcap")
        let records = try [below, above].map { try Self.run($0, client: .highThroughput) }
        #expect(records[0].packets.sent == records[1].packets.sent && records[0].costs.data.packets == records[1].costs.data.packets)
        #expect(records[0].client.bytesSent == records[1].client.bytesSent)
        #expect(records[0].source.dialect.counts.signedLevels == 1500 && records[0].source.dialect.counts.signedChanges == 0)
        #expect(records[0].metrics.map(\.offeredValue) == records[1].metrics.map { -$0.offeredValue })
        let lossy = try [below, above].map { try Self.run($0, client: .highThroughput, loss: 30) }
        #expect(lossy[0].repair == lossy[1].repair && lossy[0].runningTotals.recovered == lossy[1].runningTotals.recovered)
        #expect(lossy[0].ledger.lost.counts == lossy[1].ledger.lost.counts)
        #expect(lossy[0].ledger.imbalance.isEmpty && lossy[0].ledger.contentsBalance)
    }

    @Test("Etsy's rules make changes of them, where somebody says so")
    func changes() throws {
        let record = try Self.run("b01-level-below-zero.pcap", .statsd)
        #expect(record.source.dialect.counts.signedChanges == 1500 && record.source.dialect.counts.signedLevels == 0)
        #expect(record.metrics.allSatisfy { $0.offeredValue < -1000 })
        #expect(record.scenario.arguments == ["--dialect", "statsd", "--seed", "1"])
    }

    @Test("each sender is decided by itself, by the whole capture, before the first event")
    func senders() {
        let excerpt = Self.excerpt([
            (1, "a:-5|g"), (2, "b:-5|g"), (1, "a:-7|g"), (2, "b:-7|g"), (1, "hits:1|c|#x"), (2, "hits:1|c"),
        ])
        let record = Self.run(excerpt)
        #expect(Self.value("a", in: record) == -7 && Self.value("b", in: record) == -12)
        let facts = record.source.dialect
        #expect(facts.datadogSenders == 1 && facts.statsdSenders == 1 && facts.lateLines == 0)
        #expect(facts.firstDatadog == "10.0.0.7:1" && facts.firstStatsd == "10.0.0.7:2")
        #expect(facts.remarks.count == 2 && record.ledger.offered.counts.total == 6 && record.source.datagrams == 6)
        #expect(Self.value("a", in: Self.run(excerpt, .statsd)) == -12 && Self.value("b", in: Self.run(excerpt, .datadog)) == -7)
    }

    @Test("a capture of which nothing depends on the dialect has no remark of it, and is read once")
    func silence() {
        let record = Self.run(Self.excerpt([(1, "a:5|g"), (1, "hits:1|c"), (2, "hits:1|c|#x")]))
        #expect(record.source.dialect.remarks.isEmpty && record.source.dialect.counts == DialectCounts())
    }

    @Test("who can read once only says what came too early")
    func late() {
        var inspection = CaptureInspection(.auto, SenderDialects())
        let excerpt = Self.excerpt([(1, "x:1|m"), (1, "y:1|m\nz:1|c"), (1, "hits:1|c|#x"), (1, "x:1|m")])
        for index in excerpt.indices { excerpt.withPayload(of: index) { inspection.record(excerpt[index], $0) } }
        let isUndecided = inspection.isUndecided
        #expect(isUndecided)
        let result = inspection.result(file: "-", notes: CaptureNotes())
        #expect(result.eventsTotal == 4 && result.malformedLines.total == 1)
        #expect(result.dialect.facts.remarks.contains { $0.hasPrefix("2 lines were read as plain StatsD") }, "\(result.dialect.facts.remarks)")
    }

    @Test("names that are not UTF-8 are as many metrics as there are, in every output")
    func names() throws {
        let names = ["caf\\xE8.hits", "caf\\xE9.hits", "caf\\xEA.hits"]
        let record = try Self.run("b02-latin1-names.pcap")
        #expect(record.metrics.map(\.label) == names && record.metrics.map(\.offeredValue) == [2, 1, 3])
        #expect(record.metrics.map(\.deliveredValue) == [2, 1, 3])
        let result = try Self.inspect("b02-latin1-names.pcap")
        #expect(result.counters == ["caf\\xE8.hits": 2, "caf\\xE9.hits": 1, "caf\\xEA.hits": 3] && result.distinctMetrics == 3)
        #expect(result.busiest.map(\.name).sorted() == names)
    }

    @Test("names that Unicode calls equal are two metrics")
    func equivalents() {
        let record = Self.run(Self.excerpt([(1, "caf\u{E9}:1|c"), (1, "cafe\u{301}:2|c"), (1, "caf\\u{301}:4|c")]))
        #expect(record.metrics.map(\.offeredValue).sorted() == [1, 2, 4] && Set(record.metrics.map(\.label)).count == 3)
    }

    @Test("fields in any order and repeated are one metric, three times")
    func fields() throws {
        let record = try Self.run("b15-field-order.pcap")
        #expect(record.metrics.map(\.offered) == [3] && record.metrics.first?.label == "x{a:1}|c:ci-1|e:it-false")
        #expect(try Self.inspect("b15-field-order.pcap").distinctMetrics == 1)
    }

    @Test("meters are refused by Datadog's rules and counted by Etsy's, and the report says so")
    func meters() throws {
        for dialect in [DialectChoice.auto, .statsd] {
            let result = try Self.inspect("b16-meters.pcap", dialect)
            #expect(result.counters == ["web.requests": 5] && result.malformedLines.total == 0)
            #expect(result.dialect.metersCounted == 5 && result.dialect.facts.remarks.count == 1)
            #expect(result.sources.map(\.dialect) == ["statsd"])
        }
        let result = try Self.inspect("b16-meters.pcap", .datadog)
        #expect(result.eventsTotal == 0 && result.malformedLines.reasons == ["unknown_type": 5] && result.dialect.metersRefused == 5)
        #expect(try Self.run("b16-meters.pcap").ledger.offered.counts[.counter] == 5)
        #expect(try Self.run("b16-meters.pcap", .datadog).source.malformed == 5)
    }

    @Test("events whose lengths count characters are kept, the first clipped, with a warning")
    func characters() throws {
        let result = try Self.inspect("b17-event-characters.pcap")
        #expect(result.events["event"] == 2 && result.malformedLines.total == 0 && result.dialect.clippedEvents == 1)
        #expect(result.dialect.facts.remarks.contains { $0.hasPrefix("1 event does not end where its lengths say") })
        #expect(result.sources.map(\.dialect) == ["datadog"])
        let record = try Self.run("b17-event-characters.pcap")
        #expect(record.ledger.delivered.counts[.event] == 2 && record.source.dialect.counts.clippedEvents == 1)
        #expect(try Self.inspect("b17-event-characters.pcap", .statsd).malformedLines.total == 1)
    }

    @Test("tags behind a check's message are found, with a warning")
    func behindMessages() throws {
        let excerpt = try CaptureExcerpt(CaptureIdentity(reading: Checkout.reports.appendingPathComponent("b18-tags-behind-message.pcap").path), ports: .standard, rules: .standard)
        var decoder = EventDecoder()
        excerpt.withPayload(of: 0) { bytes in
            decoder.beginText(bytes)
            guard case .event(let event) = decoder.next(bytes) else { return }
            #expect(event.tags.range.map { bytes[$0] } == Array("env:prod,db:a".utf8))
            #expect(event.text.range.map { bytes[$0] } == Array("refused".utf8))
        }
        #expect(try Self.inspect("b18-tags-behind-message.pcap").dialect.fieldsBehindMessages == 1)
        let run = try Self.run("b18-tags-behind-message.pcap")
        #expect(run.source.dialect.remarks.count == 1 && run.ledger.delivered.counts[.serviceCheck] == 1)
    }

    @Test("packets turned into lines keep levels below zero, in the dialect that has them")
    func lines() throws {
        let excerpt = Self.excerpt([(1, "x:0|g")])
        #expect(!excerpt.isReadAsChanges(since: excerpt), "text that was text keeps its own meaning")
        var builder = PacketBuilder(maximumSize: 1472, codec: .binary)
        builder.begin(timestamp: 1)
        let name = Array("x".utf8)
        let key = MetricCatalog.Key(.gauge, name: ByteRange(0..<1), tags: .empty, extra: .empty)
        _ = builder.append(
            StatEvent(metric: MetricID(0), value: -5, timestamp: 1), key: key, keys: name.span, text: .empty, texts: name.span)
        _ = builder.seal(session: 7, sequence: 1)
        var packets = CaptureExcerpt()
        builder.withBytes { packets.append(excerpt[0], $0) }
        let text = try #require(packets.asText())
        #expect(text.lines(of: 0) == ["x:-5|g"] && text.isReadAsChanges(since: packets))
        #expect(Self.value("x", in: Self.run(text, .datadog)) == -5)
    }
}
