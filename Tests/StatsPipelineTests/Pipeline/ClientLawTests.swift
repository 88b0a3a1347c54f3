import StatsModel
import StatsPipeline
import StatsWire
import Testing
import TestSupport

/// The law under everything at once: any configuration, any traffic, any failure of the downstream.
@Suite struct ClientLawTests {
    static func configure(_ configuration: inout ClientConfiguration, _ load: inout RandomLoad) {
        load.shrink(&configuration)
        configuration.dropStrategy = [
            .newest, .oldest, .byPriority(lowRefusedFrom: Ratio(70, outOf: 100)), .sampled(.standard),
        ][load.draw(4)]
        if load.draw(2) == 0 {
            configuration.priorities = PriorityRules(critical: ["metric.1*"], high: ["metric.2"], low: ["metric.3", "metric.4*"])
        }
        if load.draw(2) == 0 { configuration.minimumBatchSize = 1 + load.draw(configuration.batchSize) }
        configuration.redundancy = Redundancy.allCases[load.draw(3)]
        configuration.copySpread = .milliseconds(Int64(load.draw(40)))
        configuration.copyLimit = 1 + load.draw(20)
        if load.draw(2) == 0 {
            var breaker = BreakerConfiguration()
            breaker.failureThreshold = 1 + load.draw(4)
            breaker.probeLimit = 1 + load.draw(3)
            breaker.successThreshold = 1 + load.draw(breaker.probeLimit)
            breaker.openFor = .milliseconds(Int64(1 + load.draw(200)))
            breaker.probeTimeout = .milliseconds(Int64(1 + load.draw(100)))
            configuration.breaker = breaker
        }
        if load.draw(3) == 0 { configuration.memoryLimit = configuration.fixedMemory + load.draw(20_000) }
    }

    @Test(
        "any configuration, any traffic, any failures: offered = received + failed + dropped, to the event and its content",
        arguments: 0..<160 as Range<UInt64>)
    func law(seed: UInt64) throws {
        var load = RandomLoad(seed: seed)
        var driver = TestDriver { Self.configure(&$0, &load) }
        let random = KeyedRandom(seed: seed)
        let failRate = Ratio([0, 10, 50, 100][load.draw(4)], outOf: 100)
        // Outages of 100 ms beside single failures.
        driver.isFailing = { packet, now in
            random.chance(failRate, rule: 9, flow: now.nanoseconds / 100_000_000, sequence: 0)
                && random.chance(Ratio(80, outOf: 100), rule: 10, flow: packet.sequence, sequence: UInt64(packet.copy))
        }
        var now = Instant.start
        for _ in 0..<400 {
            now = now + Nanoseconds(Int64(load.draw(5_000_000)))
            for _ in 0..<load.draw(8) { _ = driver.record(load.offer(), at: now) }
            if load.draw(3) == 0 { try driver.pollAll(at: now) }
            #expect(driver.pipeline.bufferedCount <= driver.pipeline.configuration.bufferCapacity, "seed \(seed)")
            if let memory = driver.pipeline.memory { #expect(memory.used <= memory.limit, "seed \(seed)") }
        }
        try driver.finish(at: now)
        let isClosed = driver.pipeline.isClosed
        #expect(isClosed, "seed \(seed)")
        var ledger = driver.pipeline.dropped
        ledger.offered = driver.offered
        ledger.delivered = driver.received
        ledger[.sendFailed] = driver.failed
        ledger.contentAdjustment = driver.pipeline.contentAdjustment
        #expect(ledger.imbalance.isEmpty, "seed \(seed): \(ledger.imbalance)")
        #expect(ledger.contentsBalance, "seed \(seed)")
        #expect(driver.pipeline.sent == driver.delivered.counts, "seed \(seed)")
        #expect(driver.data.map(\.header.sequence) == Array(0..<driver.pipeline.packetsSent).map { $0 + 1 }, "seed \(seed)")
        let originals = Dictionary(uniqueKeysWithValues: driver.data.map { ($0.header.sequence, $0) })
        for copy in driver.copies { #expect(originals[copy.header.sequence] == copy, "seed \(seed): a copy is the same packet") }
        #expect(driver.pipeline.copyCounts.sent == UInt64(driver.copies.count), "seed \(seed)")
    }

    @Test("the same seed gives the same packets, losses and transitions", arguments: 200..<216 as Range<UInt64>)
    func deterministic(seed: UInt64) throws {
        func run() throws -> ([ReceivedPacket], Ledger, [BreakerTransition]) {
            var load = RandomLoad(seed: seed)
            var driver = TestDriver { Self.configure(&$0, &load) }
            driver.isFailing = { packet, now in now.nanoseconds / 50_000_000 % 3 == 1 }
            var now = Instant.start
            for _ in 0..<200 {
                now = now + Nanoseconds(Int64(load.draw(4_000_000)))
                for _ in 0..<load.draw(10) { _ = driver.record(load.offer(), at: now) }
                if load.draw(2) == 0 { try driver.pollAll(at: now) }
            }
            try driver.finish(at: now)
            return (driver.packets + driver.copies, driver.pipeline.dropped, driver.transitions)
        }
        let (one, other) = (try run(), try run())
        #expect(one.0 == other.0 && one.1 == other.1 && one.2 == other.2, "seed \(seed)")
    }
}
