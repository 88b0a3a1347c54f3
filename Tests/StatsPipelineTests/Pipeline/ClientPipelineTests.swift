import StatsBuffers
import StatsModel
import StatsPipeline
import StatsWire
import Testing
import TestSupport

/// From `record` to the datagram: what comes out is what went in.
@Suite struct ClientPipelineTests {
    static let offers: [Offer] = [
        Offer(.counter, "http.requests", tags: "env:prod,code:200", value: 3, rate: 0.1),
        Offer(.counter, "http.requests", tags: "code:200,env:prod,code:200", value: -1.5),
        Offer(.gauge, "queue.depth", value: 17),
        Offer(.gauge, "queue.depth", value: -2, flags: .gaugeDelta),
        Offer(.timing, "db.query", tags: "table:users", value: 12.75, rate: 0.5),
        Offer(.histogram, "size", extra: "c:ci-abc|card:low", value: 1e300),
        Offer(.distribution, "latency", value: .leastNonzeroMagnitude),
        Offer(.set, "users", tags: "b,a", text: "alice|:#\"\\ü"),
        Offer(.counter, "late", value: 1, timestamp: 1_600_000_000_000_000_000, flags: .explicitTimestamp),
        Offer(
            .event, "Deploy, done", tags: "z,a,z", extra: "h:web-1|p:low|t:success", text: "one\\ntwo\\\\nthree",
            flags: .escapedText),
        Offer(.event, "no text"),
        Offer(.event, "a backslash n stays", text: "C:\\new"),
        Offer(
            .serviceCheck, "db.up", tags: "env:prod", extra: "h:db", text: "all\\nwell", value: 2, flags: .escapedText),
    ]

    @Test("each type arrives as it was recorded", arguments: TestDriver.codecs)
    func endToEnd(codec: PacketCodec) throws {
        var driver = TestDriver { $0.codec = codec }
        for (index, offer) in Self.offers.enumerated() {
            let result = driver.record(offer, at: .milliseconds(UInt64(index)))
            #expect(result == .buffered, "\(offer)")
        }
        try driver.pollAll(at: .milliseconds(200))
        let arrived = driver.data.flatMap(\.events)
        let expected = Self.offers.enumerated().map { index, offer in
            offer.arrived(recordedAt: Instant.milliseconds(UInt64(index)).wall)
        }
        #expect(arrived.count == expected.count)
        for (one, other) in zip(arrived, expected) { #expect(one == other) }
        let (delivered, offered) = (driver.delivered, driver.offered)
        #expect(delivered == offered, "contents agree on both sides")
        #expect(driver.pipeline.sent == offered.counts)
        #expect(driver.pipeline.dropped == Ledger())
    }

    @Test("packets carry codec, session, the time when they began, and numbers that count from 1")
    func header() throws {
        var driver = TestDriver { $0.batchSize = 1 }
        for number in 1...3 as ClosedRange<UInt64> {
            _ = driver.record(Offer(.counter, "a", value: 1), at: .milliseconds(number * 10))
            let polled = try driver.poll(at: .milliseconds(number * 10 + 1))
            let packet = try #require(polled)
            #expect(packet.header.sequence == number)
            #expect(packet.header.codec == .binary)
            #expect(packet.header.timestamp == UInt64(Instant.milliseconds(number * 10 + 1).wall))
            #expect(driver.pipeline.packetsSent == number)
        }
    }

    @Test("fault 7: a datagram can be read until the next poll, and none after a poll without one")
    func readable() throws {
        var driver = TestDriver { $0.batchSize = 1 }
        _ = driver.record(Offer(.counter, "a", value: 1), at: .start)
        let polled = driver.pipeline.pollTransmit(at: .start, epoch: TestDriver.epoch)
        let byteCount = try #require(polled?.byteCount)
        _ = driver.record(Offer(.counter, "b", value: 1), at: .start)
        let first = driver.pipeline.withDatagram { $0.count }
        #expect(first == byteCount)
        let again = try driver.pipeline.withDatagram { bytes throws in try ReceivedPacket(bytes) }
        #expect(again.events.map(\.name) == ["a"])
        try driver.pollAll(at: .start)
        let afterwards = driver.pipeline.withDatagram { $0.count }
        #expect(afterwards == 0)
    }

    @Test("polling again with nothing to do changes nothing")
    func idempotent() throws {
        var driver = TestDriver()
        _ = driver.record(Offer(.counter, "a", value: 1), at: .milliseconds(5))
        for _ in 0..<5 {
            let polled = try driver.poll(at: .milliseconds(6))
            #expect(polled == nil)
            #expect(driver.pipeline.nextDeadline == .milliseconds(105))
            #expect(driver.pipeline.bufferedCount == 0)
            #expect(driver.pipeline.packetsSent == 0)
        }
        let count = try driver.pollAll(at: .milliseconds(105))
        #expect(count == 1)
    }

    @Test("a client that nobody uses wants nothing")
    func silent() throws {
        var driver = TestDriver()
        #expect(driver.pipeline.nextDeadline == nil)
        let polled = try driver.poll(at: .milliseconds(10_000))
        #expect(polled == nil)
        #expect(driver.pipeline.isClosed == false)
        #expect(driver.pipeline.catalog.metricCount == 0)
    }

    @Test(
        "offered = sent + dropped, in counts and in contents, under any load and with tiny buffers",
        arguments: 0..<48 as Range<UInt64>)
    func conservation(seed: UInt64) throws {
        var load = RandomLoad(seed: seed)
        var driver = TestDriver { load.shrink(&$0) }
        var now = Instant.start
        for _ in 0..<600 {
            now = now + Nanoseconds(Int64(load.draw(5_000_000)))
            for _ in 0..<load.draw(6) {
                let offer = load.offer()
                let before = driver.pipeline.dropped
                switch driver.record(offer, at: now) {
                case .buffered:
                    #expect(driver.pipeline.dropped == before, "seed \(seed)")
                case .refused(let cause):
                    var after = before
                    after.recordLoss(
                        cause, offer.type, count: offer.count, content: offer.content(recordedAt: now.wall))
                    #expect(driver.pipeline.dropped == after, "seed \(seed): \(offer) refused for \(cause.name)")
                }
            }
            if load.draw(4) == 0 { try driver.pollAll(at: now) }
            #expect(driver.pipeline.bufferedCount <= driver.pipeline.configuration.bufferCapacity)
            #expect(driver.pipeline.bufferedPeak >= driver.pipeline.bufferedCount)
        }
        driver.pipeline.close(at: now)
        _ = driver.record(Offer(.counter, "too.late", value: 1), at: now)
        while let deadline = driver.pipeline.nextDeadline {
            now = max(now, deadline)
            try driver.pollAll(at: now)
        }
        #expect(driver.pipeline.isClosed == true, "seed \(seed)")

        let (offered, delivered, lost) = (driver.offered, driver.delivered, driver.pipeline.dropped.lost)
        #expect(driver.pipeline.sent == delivered.counts, "seed \(seed)")
        for type in MetricType.allCases {
            #expect(offered.counts[type] == delivered.counts[type] + lost.counts[type], "seed \(seed), \(type.name)")
        }
        #expect(offered.contents == delivered.contents &+ lost.contents, "seed \(seed)")
        #expect(driver.data.map(\.header.sequence) == Array(1...driver.pipeline.packetsSent), "seed \(seed)")
        let limits = driver.pipeline.configuration
        for packet in driver.data {
            #expect(packet.byteCount <= (packet.events.count == 1 ? limits.largestPacketSize : limits.maximumPacketSize), "seed \(seed)")
            #expect((1...limits.batchSize).contains(packet.events.count), "seed \(seed)")
        }
        let last = try #require(driver.packets.last?.report)
        #expect(
            last == TotalsReport(packets: driver.pipeline.packetsSent, sent: delivered.counts, dropped: lost.counts))
    }

    @Test("the random loads meet every refusal there is")
    func conservationMeetsEveryCause() throws {
        var causes: Set<LossCause> = []
        for seed in 0..<48 as Range<UInt64> {
            var load = RandomLoad(seed: seed)
            var driver = TestDriver { load.shrink(&$0) }
            for step in 0..<600 as Range<UInt64> {
                for _ in 0..<load.draw(6) { _ = driver.record(load.offer(), at: .milliseconds(step)) }
                if load.draw(4) == 0 { try driver.pollAll(at: .milliseconds(step)) }
            }
            for cause in LossCause.allCases where driver.pipeline.dropped[cause].counts.total > 0 {
                causes.insert(cause)
            }
        }
        #expect(causes == [.bufferFull, .oversize, .textPoolFull, .metricLimit])
    }
}
