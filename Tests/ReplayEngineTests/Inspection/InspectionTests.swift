import PacketCapture
import StatsPipeline
import StatsModel
import StatsWire
import Testing

@testable import ReplayEngine

@Suite("Inspecting a capture")
struct InspectionTests {
    /// Runs datagrams through the machine, one a millisecond from one source.
    private func inspect(_ payloads: [[UInt8]], sources: Int = 1, isSegmented: Bool = false) -> InspectionResult {
        var inspection = CaptureInspection(.auto, SenderDialects())
        for (index, payload) in payloads.enumerated() {
            let datagram = CapturedDatagram(
                timestamp: 1_700_000_000_000_000_000 + Int64(index) * 1_000_000, packetNumber: UInt64(index + 1),
                source: Endpoint(isIPv6: false, high: 0, low: UInt64(0x7F00_0001 + index % sources), port: 4000),
                destination: Endpoint(isIPv6: false, high: 0, low: 0x7F00_0001, port: 8125),
                payloadCount: payload.count, wasFragmented: false, isSegmented: isSegmented)
            inspection.record(datagram, payload.span)
        }
        inspection.finish()
        return inspection.result(file: "made", notes: CaptureNotes())
    }

    /// A sealed packet in the JSON codec with one counter of that value.
    private func packet(_ sequence: UInt64, value: Double = 2) -> [UInt8] {
        let name = Array("hits".utf8)
        var builder = PacketBuilder(maximumSize: 1472, codec: .json)
        builder.begin(timestamp: 1_700_000_000_000_000_000)
        let event = StatEvent(metric: MetricID(0), value: value, timestamp: 1_700_000_000_000_000_000)
        let key = MetricCatalog.Key(.counter, name: ByteRange(0..<4), tags: .empty, extra: .empty)
        _ = builder.append(event, key: key, keys: name.span, text: .empty, texts: name.span)
        _ = builder.seal(session: 0xAB, sequence: sequence)
        return builder.withBytes { bytes in bytes.indices.map { bytes[$0] } }
    }

    @Test("every type is counted, counters are summed by name over their tags, and rates scale them")
    func text() {
        let lines = ["a:1|c|@0.5|#x", "a:3|c|#y", "g:1|g", "t:1:2|ms", "h:1|h", "d:1|d", "s:u|s", "_e{1,1}:a|b", "_sc|n|0"]
        let result = inspect([Array(lines.joined(separator: "\n").utf8)])
        #expect(
            result.events == [
                "counter": 2, "gauge": 1, "timing": 2, "histogram": 1, "distribution": 1, "set": 1, "event": 1,
                "service_check": 1,
            ])
        #expect(result.eventsTotal == 10)
        #expect(result.distinctMetrics == 7)
        #expect(result.counters == ["a": 5])
        #expect(result.fit, "\(result.problemFacts)")
    }

    @Test("a malformed line is named with packet, reason and harmless excerpt, and the next line counts")
    func malformed() {
        let result = inspect([Array("a:1|c".utf8), Array("\u{1B}[2Jnothing\nb:1|c".utf8)])
        #expect(result.malformedLines.total == 1)
        #expect(result.malformedLines.reasons == ["missing_colon": 1])
        #expect(result.malformedLines.examples.first?.packet == 2)
        #expect(result.malformedLines.examples.first?.excerpt == "\\x1B[2Jnothing")
        #expect(result.eventsTotal == 2)
        #expect(!result.fit)
    }

    @Test("every kind of packet is distinguished, and parity by what it covers; parity that makes no sense is counted")
    func kinds() throws {
        var configuration = ClientPreset.parity.configuration
        configuration.parity?.groupSize = 4
        configuration.parity?.parityCount = 2
        configuration.batchSize = 1
        var client = ClientPipeline(configuration: configuration, session: 7)
        var payloads: [[UInt8]] = []
        let name = Array("hits".utf8)
        for number in 0..<32 as Range<UInt64> {
            let now = Instant(nanoseconds: number * 1_000_000)
            _ = client.record(
                DecodedEvent(type: .counter, value: 1, name: ByteRange(0..<4)), bytes: name.span, timestamp: 1, at: now)
        }
        client.close(at: Instant(nanoseconds: 32_000_000))
        var now = Instant(nanoseconds: 32_000_000)
        while let due = client.nextDeadline {
            now = max(now, due)
            while client.pollTransmit(at: now, epoch: 1) != nil {
                payloads.append(client.withDatagram { bytes in bytes.indices.map { bytes[$0] } })
            }
        }
        let result = inspect(payloads)
        let reported = result.packetKinds
        #expect(reported["data"] == 32 && reported["acknowledgement"] == 0)
        #expect(reported["parity"] == 16, "\(reported)")
        #expect((reported["closing"] ?? 0) > 0 && reported.values.reduce(0, +) == UInt64(payloads.count))
        #expect(result.parityShapes.map(\.members) == [4] && result.parityShapes.map(\.parities) == [2])
        #expect(result.parityShapes.map(\.packets) == [16] && result.otherParity == 0)

        // A group without members, and a good checksum over it.
        var senseless = try #require(payloads.first { $0[4] == PacketKind.parity.rawValue })
        senseless[PacketHeader.byteCount] = 0
        senseless.replaceSubrange(36..<40, with: [0, 0, 0, 0])
        let checksum = CRC32.update(0, senseless.span, 0..<senseless.count)
        for index in 0..<4 { senseless[36 + index] = UInt8(truncatingIfNeeded: checksum >> UInt32(8 * index)) }
        let odd = inspect(payloads + [senseless])
        #expect(odd.otherParity == 1 && odd.packetKinds["parity"] == 17)
    }

    @Test("gaps, duplicates, late and corrupt packets are distinguished, and duplicates count once")
    func sequenced() throws {
        var broken = packet(9)
        broken[45] ^= 1
        let result = inspect([1, 2, 5, 5, 4, 8].map { packet($0) } + [broken])
        let session = try #require(result.sessions.first)
        #expect(session.session == "00000000000000ab")
        #expect((session.first, session.last) == (1, 8))
        #expect((session.received, session.unique, session.duplicate) == (6, 5, 1))
        #expect((session.late, session.lost) == (1, 3))
        #expect(session.gaps == [[3, 3], [6, 7]])
        #expect(result.checksumFailures == 1)
        #expect(result.checksumFailurePackets == [7])
        #expect(result.counters == ["hits": 10])
        #expect(result.protocols == .init(sequenced: 7, text: 0))
        #expect(result.problemFacts == [.checksumFailures(1), .missingSequenceNumbers(3)])
    }

    @Test("a super-packet of sequenced packets is split by their own lengths")
    func superPacket() {
        let result = inspect([packet(1) + packet(2, value: 100_000) + packet(3)], isSegmented: true)
        #expect(result.protocols.sequenced == 3)
        #expect(result.counters == ["hits": 100_004])
        #expect(result.remarks.splitDatagrams == 1)
        #expect(result.fit, "\(result.problemFacts)")
        #expect(!inspect([Array("a:1|c".utf8)], isSegmented: true).fit)
    }

    @Test("sources beyond the table are added up in one row, and nothing is lost")
    func manySources() {
        let count = CaptureInspection.sourceLimit + 10
        let result = inspect(Array(repeating: Array("a:1|c".utf8), count: count), sources: count)
        #expect(result.sources.count == CaptureInspection.sourceLimit + 1)
        #expect(result.sources.last?.source == InspectionResult.otherSources)
        #expect(result.sources.last?.eventsTotal == 10)
        #expect(result.sources.reduce(0) { $0 + $1.eventsTotal } == UInt64(count))
    }

    @Test("bins double in width and keep every count", arguments: [1, 7, 511, 512, 513, 5000] as [Int64])
    func timeline(milliseconds: Int64) {
        var timeline = Timeline()
        for index in 0..<milliseconds { timeline.record(1, at: index * 1_000_000) }
        #expect(timeline.bins.reduce(0, +) == UInt64(milliseconds))
        #expect(timeline.bins.count <= 512)
        #expect(timeline.bins.dropLast().allSatisfy { $0 == timeline.binWidth / 1_000_000 })
        timeline.record(3, at: .max)
        timeline.record(4, at: .min)
        #expect(timeline.bins.reduce(0, +) == UInt64(milliseconds) + 7)
        #expect(timeline.bins.count <= 512)
    }
}
