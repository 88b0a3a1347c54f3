import StatsModel
import StatsWire
import Testing
import TestSupport

@testable import StatsPipeline

/// The client speaks text: datagrams of lines and nothing else, and accounting that adds up.
struct TextFormatTests {
    static func pipeline(_ format: WireFormat, _ change: (inout ClientConfiguration) -> Void = { _ in }) -> ClientPipeline {
        var configuration = ClientConfiguration()
        configuration.format = format
        change(&configuration)
        return ClientPipeline(configuration: configuration, session: 1)
    }

    static func record(_ offers: [Offer], into pipeline: inout ClientPipeline, at now: Instant = .start) {
        for offer in offers {
            let (event, bytes) = offer.decoded
            _ = pipeline.record(event, bytes: bytes.span, timestamp: 5, at: now)
        }
    }

    static func datagrams(_ pipeline: inout ClientPipeline, at now: Instant) -> [(packet: OutgoingPacket, text: String)] {
        var datagrams: [(OutgoingPacket, String)] = []
        while let packet = pipeline.pollTransmit(at: now, epoch: 0) {
            let text = pipeline.withDatagram { bytes in
                String(decoding: (0..<bytes.count).map { bytes[$0] }, as: UTF8.self)
            }
            #expect(packet.byteCount == text.utf8.count && packet.kind == .data && packet.copy == 0)
            datagrams.append((packet, text))
        }
        return datagrams
    }

    static let offers = [
        Offer(.counter, "hits", tags: "a:b", value: 2, rate: 0.5), Offer(.gauge, "level", value: -3), Offer(.histogram, "size", value: 1.5),
        Offer(.set, "users", text: "ann"), Offer(.event, "deployed", tags: "x", text: "one\ntwo"), Offer(.serviceCheck, "db", text: "slow", value: 2),
        Offer(.counter, "bad|name", value: 1), Offer(.timing, "took", value: 7),
    ]

    @Test("text is lines without header or heartbeat, what cannot be said is counted under its cause, and closing adds nothing")
    func lines() {
        for (format, text, lost) in [
            (
                WireFormat.dogstatsd,
                "hits:2|c|@0.5|#a:b\nlevel:-3|g\nsize:1.5|h\nusers:ann|s\n_e{8,8}:deployed|one\\ntwo|#x\n_sc|db|2|m:slow\ntook:7|ms",
                [LossCause.reservedByte: 1 as UInt64]
            ),
            (.statsd, "level:0|g\nlevel:-3|g\nsize:1.5|ms\nusers:ann|s\ntook:7|ms", [.reservedByte: 1, .notInFormat: 3]),
        ] {
            var pipeline = Self.pipeline(format)
            Self.record(Self.offers, into: &pipeline)
            let sent = Self.datagrams(&pipeline, at: .milliseconds(100))
            #expect(sent.map(\.text) == [text])
            let deadline = pipeline.nextDeadline
            #expect(deadline == nil)
            pipeline.close(at: .milliseconds(200))
            #expect(Self.datagrams(&pipeline, at: .milliseconds(10_000)).isEmpty)
            let isClosed = pipeline.isClosed
            #expect(isClosed)
            let (dropped, total) = (pipeline.dropped, pipeline.sent.total)
            for cause in LossCause.allCases { #expect(dropped[cause].counts.total == lost[cause] ?? 0, "\(cause)") }
            #expect(total + dropped.lost.counts.total == UInt64(Self.offers.count))
        }
    }

    @Test("an explicit timestamp of the first event does not count as the time at which it was recorded")
    func explicitTimestamp() throws {
        for (offer, recorded) in [
            (Offer(.gauge, "level", value: 1), 5 as Int64),
            (Offer(.gauge, "level", value: 1, timestamp: 1_000_000_000, flags: .explicitTimestamp), 100_000_000),
        ] {
            var pipeline = Self.pipeline(.dogstatsd)
            Self.record([offer], into: &pipeline)
            let contents = try #require(Self.datagrams(&pipeline, at: .milliseconds(100)).first?.packet.contents)
            #expect(contents.opened == 100_000_000 && contents.recorded == recorded)
        }
    }

    @Test("a datagram says what it holds although its text does not: contents as they were recorded", arguments: 0..<4 as Range<UInt64>)
    func contents(_ seed: UInt64) {
        var random = RandomLoad(seed: seed)
        var pipeline = Self.pipeline(.dogstatsd) { $0.bufferCapacity = 4096 }
        var offered = Tally()
        for _ in 0..<2000 {
            let offer = random.offer()
            let (event, bytes) = offer.decoded
            offered.add(offer.type, count: offer.count, content: offer.content(recordedAt: 5))
            _ = pipeline.record(event, bytes: bytes.span, timestamp: 5, at: .start)
        }
        pipeline.close(at: .start)
        var sum = Tally()
        for (packet, text) in Self.datagrams(&pipeline, at: .start) {
            #expect(!text.isEmpty && text.utf8.count <= 8192)
            sum += packet.contents?.tally ?? Tally()
        }
        sum += pipeline.dropped.lost
        #expect(sum == offered, "seed \(seed)")
    }

    @Test("behind an open breaker the open datagram's events are lost with their contents")
    func breaker() {
        var pipeline = Self.pipeline(.statsd) {
            $0.breaker = BreakerConfiguration()
            $0.batchSize = 2
        }
        let offer = Offer(.counter, "hits", value: 1)
        var now = Instant.start
        while pipeline.breakerState.map({ if case .open = $0 { false } else { true } }) == true {
            Self.record([offer, offer], into: &pipeline, at: now)
            while pipeline.pollTransmit(at: now, epoch: 0) != nil { pipeline.handleSendOutcome(.failed, at: now) }
            now = now + .milliseconds(1)
        }
        let before = pipeline.dropped[.circuitOpen].counts.total
        Self.record([offer], into: &pipeline, at: now)
        pipeline.close(at: now)
        let after = pipeline.dropped[.circuitOpen].counts.total
        #expect(after == before + 1)
        let isClosed = pipeline.isClosed
        #expect(isClosed)
    }

    @Test("second copies of text are refused: a server would count them twice", arguments: [WireFormat.statsd, .dogstatsd])
    func copies(_ format: WireFormat) {
        var configuration = ClientConfiguration.reliable
        configuration.format = format
        #expect(throws: ConfigurationError.self) { try configuration.validate() }
        configuration.redundancy = .none
        #expect(throws: Never.self) { try configuration.validate() }
    }
}
