import StatsBuffers
import StatsModel
import StatsPipeline
import StatsWire
import Testing
import TestSupport

/// Heartbeats and closing packets: when they go, and what they say.
@Suite struct ReportScheduleTests {
    static let counter = Offer(.counter, "a", value: 1)

    @Test("heartbeats begin one interval after the first data packet and carry its totals")
    func heartbeats() throws {
        var driver = TestDriver()
        _ = driver.record(Self.counter, at: .milliseconds(50))
        try driver.pollAll(at: .milliseconds(50))
        #expect(driver.pipeline.nextDeadline == .milliseconds(150), "no heartbeat before there is data")
        try driver.pollAll(at: .milliseconds(150))
        // One interval, once more, and then twice as far each time while nothing else goes out.
        for second in [1, 2, 4, 8] as [UInt64] {
            let due = Instant.milliseconds(150 + second * 1000)
            #expect(driver.pipeline.nextDeadline == due)
            let early = try driver.poll(at: Instant(nanoseconds: due.nanoseconds - 1))
            #expect(early == nil)
            let heartbeat = try driver.poll(at: due)
            #expect(heartbeat?.header.kind == .heartbeat)
            #expect(heartbeat?.header.codec == PacketCodec.none)
            #expect(heartbeat?.header.sequence == 1)
            #expect(heartbeat?.header.timestamp == UInt64(due.wall))
            var sent = TypeCounts()
            sent.add(.counter)
            #expect(heartbeat?.report == TotalsReport(packets: 1, sent: sent, dropped: TypeCounts()))
        }
    }

    @Test("an idle session speaks ever more seldom, at least once an hour; data brings the interval back")
    func idle() throws {
        var driver = TestDriver { $0.batchSize = 1 }
        _ = driver.record(Self.counter, at: .start)
        try driver.pollAll(at: .start)
        var last = Instant.start
        var distances: [Int64] = []
        // A year without a word: bounded in packets, or a capture whose clock jumps would never end.
        while let due = driver.pipeline.nextDeadline, due < Instant.milliseconds(365 * 86_400_000), distances.count < 10_000 {
            let count = try driver.pollAll(at: due)
            #expect(count == 1)
            distances.append((due - last).rawValue / 1_000_000_000)
            last = due
        }
        #expect(Array(distances.prefix(14)) == [1, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 3600])
        #expect(distances.dropFirst(13).allSatisfy { $0 == 3600 } && distances.count < 10_000)
        let again = last + .seconds(7)
        _ = driver.record(Self.counter, at: again)
        try driver.pollAll(at: again)
        #expect(driver.pipeline.nextDeadline == again + .seconds(1))
    }

    @Test("a heartbeat that is late is sent once, and the next one interval after it")
    func lateHeartbeat() throws {
        var driver = TestDriver { $0.batchSize = 1 }
        _ = driver.record(Self.counter, at: .start)
        try driver.pollAll(at: .start)
        let count = try driver.pollAll(at: .milliseconds(5500))
        #expect(count == 1)
        #expect(driver.pipeline.nextDeadline == .milliseconds(6500))
    }

    @Test("a load that always has a full packet ready does not silence the heartbeats")
    func notStarved() throws {
        var driver = TestDriver {
            $0.batchSize = 1
            $0.heartbeatInterval = .milliseconds(10)
        }
        for milliseconds in 0..<100 as Range<UInt64> {
            // More than one poll a millisecond can take away.
            for _ in 0..<3 { _ = driver.record(Self.counter, at: .milliseconds(milliseconds)) }
            try driver.poll(at: .milliseconds(milliseconds))
        }
        #expect(driver.packets.count { $0.header.kind == .heartbeat } == 9)
    }

    @Test("a heartbeat leaves the open packet as it is")
    func heartbeatBesideOpenPacket() throws {
        var driver = TestDriver {
            $0.maximumBatchAge = .milliseconds(500)
            $0.heartbeatInterval = .milliseconds(200)
            $0.batchSize = 3
        }
        for _ in 0..<3 { _ = driver.record(Self.counter, at: .start) }
        try driver.pollAll(at: .start)
        _ = driver.record(Offer(.gauge, "g", value: 7), at: .milliseconds(100))
        try driver.pollAll(at: .milliseconds(100))
        let heartbeat = try driver.poll(at: .milliseconds(200))
        #expect(heartbeat?.header.kind == .heartbeat)
        #expect(heartbeat?.report?.sent.total == 3, "what is not sent yet is not in the totals")
        try driver.pollAll(at: .milliseconds(600))
        let expected = Offer(.gauge, "g", value: 7).arrived(recordedAt: Instant.milliseconds(100).wall)
        #expect(driver.data.last?.events == [expected])
    }

    @Test("reports count what was dropped, by type")
    func droppedTotals() throws {
        var driver = TestDriver { $0.bufferCapacity = 1 }
        _ = driver.record(Self.counter, at: .start)
        _ = driver.record(Offer(.gauge, "g", value: 1), at: .start)
        _ = driver.record(Offer(.event, "title"), at: .start)
        _ = driver.record(Offer(.event, "title"), at: .start)
        driver.pipeline.close(at: .start)
        try driver.pollAll(at: .start)
        let report = try #require(driver.packets.last?.report)
        #expect(report.packets == 1)
        #expect(report.sent[.counter] == 1 && report.sent.total == 1)
        #expect(report.dropped[.gauge] == 1 && report.dropped[.event] == 2 && report.dropped.total == 3)
    }

    @Test("closing sends what waits, then the closing packets, all with the same totals", arguments: [0, 1, 3, 5])
    func closing(copies: Int) throws {
        var driver = TestDriver {
            $0.batchSize = 10
            $0.closingCopies = copies
        }
        for _ in 0..<25 { _ = driver.record(Self.counter, at: .start) }
        driver.pipeline.close(at: .milliseconds(3))
        #expect(driver.pipeline.isClosed == false)
        let deadline = driver.pipeline.nextDeadline
        #expect(deadline ?? .milliseconds(9) <= .milliseconds(3), "at once")
        try driver.pollAll(at: .milliseconds(3))
        #expect(driver.data.map(\.events.count) == [10, 10, 5])
        for copy in 1..<max(copies, 1) {
            #expect(driver.pipeline.isClosed == false)
            let due = Instant.milliseconds(3 + UInt64(copy) * 10)
            #expect(driver.pipeline.nextDeadline == due)
            let count = try driver.pollAll(at: due)
            #expect(count == 1)
        }
        #expect(driver.pipeline.isClosed == true)
        #expect(driver.pipeline.nextDeadline == nil)
        let more = try driver.poll(at: .milliseconds(10_000))
        #expect(more == nil)
        let closing = driver.packets.filter { $0.header.kind == .closing }
        #expect(closing.count == copies)
        var sent = TypeCounts()
        sent[.counter] = 25
        for packet in closing {
            #expect(packet.header.sequence == 3)
            #expect(packet.report == TotalsReport(packets: 3, sent: sent, dropped: TypeCounts()))
        }
    }

    @Test("a closed client refuses by name and counts it")
    func refusedAfterClose() throws {
        var driver = TestDriver()
        driver.pipeline.close(at: .start)
        var expected = Ledger()
        for offer in ClientPipelineTests.offers {
            let result = driver.record(offer, at: .milliseconds(1))
            #expect(result == .refused(.clientClosed))
            expected.recordLoss(
                .clientClosed, offer.type, content: offer.content(recordedAt: Instant.milliseconds(1).wall))
        }
        #expect(driver.pipeline.dropped == expected)
        #expect(driver.pipeline.catalog.metricCount == 0)
        try driver.pollAll(at: .milliseconds(1))
        #expect(driver.data.isEmpty)
        #expect(LossCause(name: "client_closed") == .clientClosed)
    }

    @Test("closing twice is closing once")
    func closeTwice() throws {
        var driver = TestDriver()
        driver.pipeline.close(at: .start)
        for milliseconds in 0..<100 as Range<UInt64> {
            try driver.pollAll(at: .milliseconds(milliseconds))
            driver.pipeline.close(at: .milliseconds(milliseconds))
        }
        #expect(driver.packets.map(\.header.kind) == [.closing, .closing, .closing])
        #expect(driver.packets.map(\.header.timestamp) == [0, 10, 20].map { UInt64(Instant.milliseconds($0).wall) })
        #expect(driver.packets.allSatisfy { $0.header.sequence == 0 }, "no data packet was ever sent")
        #expect(driver.pipeline.isClosed == true)
    }

    @Test("closing packets do not go while something waits, and heartbeats end")
    func closingOrder() throws {
        var driver = TestDriver {
            $0.batchSize = 1
            $0.heartbeatInterval = .milliseconds(1)
        }
        for _ in 0..<20 { _ = driver.record(Self.counter, at: .start) }
        try driver.poll(at: .start)
        driver.pipeline.close(at: .start)
        for milliseconds in 0..<100 as Range<UInt64> { try driver.poll(at: .milliseconds(milliseconds)) }
        let kinds = driver.packets.map(\.header.kind)
        #expect(kinds == Array(repeating: .data, count: 20) + Array(repeating: .closing, count: 3))
    }
}
