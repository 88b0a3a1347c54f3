import StatsModel
import StatsPipeline
import StatsWire
import Testing
import TestSupport

/// The circuit breaker in the whole machine: who sends reports what became of each packet.
@Suite struct ClientBreakerTests {
    static func driver(_ change: (inout ClientConfiguration) -> Void = { _ in }) -> TestDriver {
        TestDriver {
            $0.batchSize = 1
            var breaker = BreakerConfiguration()
            breaker.failureThreshold = 3
            breaker.successThreshold = 2
            breaker.probeLimit = 2
            breaker.openFor = .milliseconds(100)
            breaker.probeTimeout = .milliseconds(50)
            $0.breaker = breaker
            change(&$0)
        }
    }

    static func count(_ driver: inout TestDriver, _ numbers: Range<Int>, at now: Instant) {
        for number in numbers { _ = driver.record(Offer(.counter, "a", value: Double(number)), at: now) }
    }

    @Test("opens after failures in a row, then nothing is polled, and its time is the deadline")
    func opens() throws {
        var driver = Self.driver()
        driver.isFailing = { _, now in now < .milliseconds(50) }
        Self.count(&driver, 0..<10, at: .milliseconds(1))
        let polled = try driver.pollAll(at: .milliseconds(1))
        #expect(polled == 3 && driver.pipeline.bufferedCount == 7)
        #expect(driver.pipeline.breakerState == .open(until: .milliseconds(101)))
        #expect(driver.pipeline.nextDeadline == .milliseconds(101))
        let none = try driver.poll(at: Instant(nanoseconds: 100_999_999))
        #expect(none == nil)
        try driver.pollAll(at: .milliseconds(101))
        #expect(driver.pipeline.breakerState == .closed(failures: 0))
        #expect(driver.pipeline.bufferedCount == 0)
        #expect(driver.transitions.map(\.instant) == [.milliseconds(1), .milliseconds(101), .milliseconds(101)])
        #expect(driver.failed.counts.total == 3 && driver.received.counts.total == 7)
    }

    @Test("fault 12: half-open lets no more probes through than allowed, and one failed probe opens it for longer")
    func probes() throws {
        var driver = Self.driver()
        driver.isFailing = { _, _ in true }
        Self.count(&driver, 0..<100, at: .start)
        try driver.pollAll(at: .start)
        let probes = try driver.pollAll(at: .milliseconds(100))
        #expect(probes == 1, "the first probe failed, so there was no second")
        #expect(driver.pipeline.breakerState == .open(until: .milliseconds(300)))
    }

    @Test("fault 12: probes whose outcome nobody reports are bounded, and time decides them")
    func undecided() throws {
        var driver = Self.driver()
        driver.isFailing = { _, _ in true }
        Self.count(&driver, 0..<100, at: .start)
        try driver.pollAll(at: .start)
        var count = 0
        while driver.pipeline.pollTransmit(at: .milliseconds(100), epoch: TestDriver.epoch) != nil { count += 1 }
        #expect(count == 2)
        #expect(driver.pipeline.nextDeadline == .milliseconds(150))
        let late = driver.pipeline.pollTransmit(at: .milliseconds(150), epoch: TestDriver.epoch)
        #expect(late == nil)
        #expect(driver.pipeline.breakerState == .open(until: .milliseconds(350)))
    }

    @Test("a driver that sends several packets at once reports each; those from before the breaker opened fail no probe")
    func batches() throws {
        var driver = Self.driver()
        Self.count(&driver, 0..<20, at: .start)
        var packets: [OutgoingPacket] = []
        while packets.count < 8, let packet = driver.pipeline.pollTransmit(at: .start, epoch: TestDriver.epoch) {
            packets.append(packet)
        }
        for packet in packets { driver.pipeline.handleSendOutcome(.failed, of: packet, at: .milliseconds(1)) }
        #expect(driver.pipeline.breakerState == .open(until: .milliseconds(101)))
        let probe = driver.pipeline.pollTransmit(at: .milliseconds(101), epoch: TestDriver.epoch)
        let sent = try #require(probe)
        driver.pipeline.handleSendOutcome(.failed, of: packets[7], at: .milliseconds(102))
        driver.pipeline.handleSendOutcome(.sent, of: sent, at: .milliseconds(102))
        #expect(driver.pipeline.breakerState == .halfOpen(probes: 1, successes: 1))
    }

    @Test("while it is open the drop strategy decides who waits", arguments: ClientStrategyTests.strategies)
    func strategy(strategy: DropStrategy) throws {
        var driver = Self.driver {
            $0.dropStrategy = strategy
            $0.bufferCapacity = 128
        }
        driver.isFailing = { _, now in now < .milliseconds(2000) }
        for step in 0..<5000 {
            let now = Instant.milliseconds(UInt64(step))
            _ = driver.record(ClientStrategyTests.offer(step), at: now)
            try driver.pollAll(at: now)
        }
        try driver.finish(at: .milliseconds(5000))
        #expect(driver.transitions.count > 6)
        #expect(driver.pipeline.dropped.lost.counts.total > 0)
        #expect(driver.pipeline.dropped[.circuitOpen].counts.total == 0, "it had closed again")
        var ledger = driver.pipeline.dropped
        ledger.offered = driver.offered
        ledger.delivered = driver.received
        ledger[.sendFailed] = driver.failed
        ledger.contentAdjustment = driver.pipeline.contentAdjustment
        #expect(ledger.imbalance.isEmpty && ledger.contentsBalance)
    }

    @Test("what waits when the client closes with an open breaker is named, in the buffer and in the open packet", arguments: TestDriver.codecs)
    func closing(codec: PacketCodec) throws {
        var driver = Self.driver {
            $0.codec = codec
            $0.batchSize = 4
            $0.redundancy = .all
            $0.copySpread = .milliseconds(500)
        }
        let offers = ClientPipelineTests.offers
        driver.isFailing = { _, now in now >= .milliseconds(10) }
        for offer in offers { _ = driver.record(offer, at: .start) }
        // Three packets of four; the rest opens the next one.
        try driver.pollAll(at: .start)
        for offer in offers.prefix(11) { _ = driver.record(offer, at: .milliseconds(20)) }
        try driver.pollAll(at: .milliseconds(20))
        #expect(driver.pipeline.breakerState == .open(until: .milliseconds(120)))
        for offer in offers { _ = driver.record(offer, at: .milliseconds(21)) }
        try driver.finish(at: .milliseconds(30))
        let (isClosed, deadline) = (driver.pipeline.isClosed, driver.pipeline.nextDeadline)
        #expect(isClosed && deadline == nil)
        #expect(!driver.packets.contains { $0.header.kind == .closing })
        #expect(driver.pipeline.dropped[.circuitOpen].counts.total >= UInt64(offers.count))
        #expect(driver.pipeline.copyCounts.skipped > 0)
        var ledger = driver.pipeline.dropped
        ledger.offered = driver.offered
        ledger.delivered = driver.received
        ledger[.sendFailed] = driver.failed
        #expect(ledger.imbalance.isEmpty && ledger.contentsBalance)
    }

    @Test("an open packet is lost with its contents when the last probe fails while the client closes")
    func openPacket() throws {
        var driver = Self.driver {
            $0.batchSize = 100
            $0.maximumBatchAge = .seconds(10)
        }
        driver.isFailing = { packet, _ in packet.kind == .data || packet.kind == .heartbeat }
        for number in 0..<3 {
            _ = driver.record(Offer(.counter, "a", value: 1), at: .milliseconds(UInt64(number)))
            try driver.pollAll(at: .milliseconds(UInt64(number) + 10_000))
        }
        _ = driver.record(Offer(.set, "a", text: "x"), at: .milliseconds(10_010))
        try driver.pollAll(at: .milliseconds(10_010))
        try driver.finish(at: .milliseconds(10_020))
        var ledger = driver.pipeline.dropped
        ledger.offered = driver.offered
        ledger.delivered = driver.received
        ledger[.sendFailed] = driver.failed
        #expect(ledger.imbalance.isEmpty && ledger.contentsBalance)
        #expect(ledger[.circuitOpen].counts[.set] + ledger[.sendFailed].counts[.set] == 1)
    }
}
