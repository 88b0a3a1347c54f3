import StatsModel
import StatsPipeline
import StatsWire
import Testing
import TestSupport

/// Local aggregation in the whole machine: one record stands for many events, and nothing is lost by that.
@Suite struct ClientAggregationTests {
    static func driver(
        _ timings: AggregatorConfiguration.Timings = .summarise, _ change: (inout ClientConfiguration) -> Void = { _ in }
    ) -> TestDriver {
        TestDriver {
            var aggregation = AggregatorConfiguration()
            aggregation.timings = timings
            aggregation.interval = .milliseconds(100)
            $0.aggregation = aggregation
            change(&$0)
        }
    }

    static func expectLaw(_ driver: inout TestDriver, _ note: Comment? = nil) {
        var ledger = driver.pipeline.dropped
        ledger.offered = driver.offered
        ledger.delivered = driver.received
        ledger[.sendFailed] = driver.failed
        ledger.contentAdjustment = driver.pipeline.contentAdjustment
        #expect(ledger.imbalance.isEmpty, note)
        #expect(ledger.contentsBalance, note)
    }

    @Test("counters are summed, gauges latest, members once: one record each, one interval after the first event", arguments: TestDriver.codecs)
    func kinds(codec: PacketCodec) throws {
        var driver = Self.driver { $0.codec = codec }
        for number in 1...10 {
            let now = Instant.milliseconds(UInt64(number))
            _ = driver.record(Offer(.counter, "hits", tags: "b,a", value: 2, rate: 0.5), at: now)
            _ = driver.record(Offer(.gauge, "depth", value: Double(number)), at: now)
            _ = driver.record(Offer(.set, "users", text: "user \(number % 3)"), at: now)
            try driver.pollAll(at: now)
        }
        #expect(driver.data.isEmpty && driver.pipeline.bufferedPeak == 0)
        #expect(driver.pipeline.nextDeadline == .milliseconds(101))
        try driver.pollAll(at: .milliseconds(101))
        try driver.finish(at: .milliseconds(110))
        let events = driver.arrivedEvents
        #expect(events.map(\.name) == ["hits", "depth", "users", "users", "users"])
        #expect(events.map(\.value) == [40, 10, 0, 0, 0])
        #expect(events.map(\.text) == ["", "", "user 1", "user 2", "user 0"])
        #expect(events.map(\.count) == [10, 10, 4, 3, 3])
        // A level is of the time it was set.
        let flushed = Instant.milliseconds(101).wall
        #expect(events.map(\.timestamp) == [flushed, Instant.milliseconds(10).wall, flushed, flushed, flushed])
        #expect(events.allSatisfy { $0.rate == 1 })
        #expect(driver.pipeline.sent.total == 30)
        Self.expectLaw(&driver)
    }

    @Test("a summary leaves as minimum, maximum and the mean of the rest: count, sum and both ends are exact", arguments: [
        [5.0], [5, 5], [5, 9], [5, 9, 7], [3, 3, 3, 3], [1, 2, 4, 8, 16, 32, 64], [0.25, 0.5, 1e6], [-3, -1, 7, 0],
    ])
    func summaries(values: [Double]) throws {
        for rate in [1, 0.5] {
            var driver = Self.driver()
            for value in values { _ = driver.record(Offer(.timing, "t", value: value, rate: rate), at: .start) }
            try driver.finish(at: .milliseconds(1))
            let events = driver.arrivedEvents
            #expect(events.count <= 3 && !events.isEmpty)
            #expect(events.reduce(0) { $0 + Int($1.count) } == values.count)
            let weight = events.reduce(0) { $0 + 1 / $1.rate }
            let sum = events.reduce(0) { $0 + $1.value / $1.rate }
            let truth = values.reduce(0, +) / rate
            #expect(abs(weight - Double(values.count) / rate) < 1e-9 * weight)
            #expect(abs(sum - truth) <= 1e-9 * values.reduce(0) { $0 + abs($1) } / rate)
            #expect(events.map(\.value).min() == values.min() && events.map(\.value).max() == values.max())
            Self.expectLaw(&driver)
        }
    }

    @Test("a gauge's change goes after the value that waited, and ends its aggregation")
    func gaugeChange() throws {
        var driver = Self.driver()
        for value in [3.0, 5] { _ = driver.record(Offer(.gauge, "g", value: value), at: .start) }
        _ = driver.record(Offer(.gauge, "g", value: 2, flags: .gaugeDelta), at: .start)
        _ = driver.record(Offer(.gauge, "g", value: 9), at: .start)
        try driver.finish(at: .milliseconds(1))
        #expect(driver.arrivedEvents.map(\.value) == [5, 2, 9])
        #expect(driver.arrivedEvents.map(\.count) == [2, 1, 1])
        Self.expectLaw(&driver)
    }

    @Test("a flush larger than the buffer and a packet loses nothing")
    func largeFlush() throws {
        var driver = Self.driver {
            $0.bufferCapacity = 2
            $0.batchSize = 7
        }
        for round in 0..<3 {
            for number in 0..<1000 { _ = driver.record(Offer(.counter, "metric.\(number)", value: Double(number)), at: .milliseconds(UInt64(round))) }
        }
        try driver.finish(at: .milliseconds(5))
        #expect(driver.arrivedEvents.count == 1000 && driver.arrivedEvents.allSatisfy { $0.count == 3 })
        #expect(driver.pipeline.dropped == Ledger())
        Self.expectLaw(&driver)
    }

    @Test("flush sends what was added up at once")
    func flush() throws {
        var driver = Self.driver()
        _ = driver.record(Offer(.counter, "a", value: 1), at: .start)
        driver.pipeline.flush()
        try driver.pollAll(at: .milliseconds(1))
        #expect(driver.arrivedEvents.map(\.value) == [1])
        #expect(driver.pipeline.nextDeadline == .milliseconds(1001), "only the heartbeat")
    }

    @Test("behind an open breaker events go on adding up, and at the end they are circuit_open, as many as they were")
    func breaker() throws {
        var driver = Self.driver {
            $0.breaker = BreakerConfiguration()
            $0.breaker?.failureThreshold = 1
        }
        driver.isFailing = { _, _ in true }
        for step in 0..<500 {
            let now = Instant.milliseconds(UInt64(step))
            _ = driver.record(Offer(.counter, "a", value: 1), at: now)
            _ = driver.record(Offer(.set, "s", text: "member \(step % 5)"), at: now)
            _ = driver.record(Offer(.event, "e \(step)"), at: now)
            try driver.pollAll(at: now)
        }
        try driver.finish(at: .milliseconds(500))
        let lost = driver.pipeline.dropped[.circuitOpen].counts
        #expect(lost[.counter] == lost[.set] && lost[.counter] > 300)
        Self.expectLaw(&driver)
    }

    @Test("any traffic and any failures: the law holds where events are added up", arguments: 0..<96 as Range<UInt64>)
    func law(seed: UInt64) throws {
        var load = RandomLoad(seed: seed)
        var driver = TestDriver {
            ClientLawTests.configure(&$0, &load)
            var aggregation = AggregatorConfiguration()
            aggregation.timings = load.draw(2) == 0 ? .summarise : .passThrough
            aggregation.interval = .milliseconds(Int64(1 + load.draw(50)))
            aggregation.metricLimit = 1 + load.draw(60)
            aggregation.memberLimit = 1 + load.draw(40)
            $0.aggregation = aggregation
            if $0.memoryLimit != nil { $0.memoryLimit = $0.fixedMemory + load.draw(20_000) }
        }
        let random = KeyedRandom(seed: seed)
        driver.isFailing = { packet, now in
            random.chance(Ratio(30, outOf: 100), rule: 9, flow: now.nanoseconds / 50_000_000, sequence: 0)
        }
        var now = Instant.start
        for _ in 0..<300 {
            now = now + Nanoseconds(Int64(load.draw(5_000_000)))
            for _ in 0..<load.draw(12) { _ = driver.record(load.offer(), at: now) }
            if load.draw(3) == 0 { try driver.pollAll(at: now) }
        }
        try driver.finish(at: now)
        let isClosed = driver.pipeline.isClosed
        #expect(isClosed, "seed \(seed)")
        Self.expectLaw(&driver, "seed \(seed)")
    }
}
