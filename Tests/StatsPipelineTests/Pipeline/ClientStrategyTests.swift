import StatsBuffers
import StatsModel
import StatsPipeline
import StatsWire
import Testing
import TestSupport

/// Each drop strategy in the whole machine, with a downstream that stalls.
@Suite struct ClientStrategyTests {
    /// A load with a number in each event's value; one event in 64 is critical by its metric, one in 16 low.
    static func offer(_ number: Int) -> Offer {
        switch number % 64 {
        case 5: Offer(.counter, "checkout.paid", value: Double(number))
        case 1, 17, 33, 49: Offer(.counter, "debug.trace", value: Double(number))
        case 7: Offer(.event, "deploy \(number)", text: "text", value: 0)
        case 9: Offer(.set, "users", text: "user \(number)")
        case 11: Offer(.gauge, "load", value: Double(number))
        default: Offer(number.isMultiple(of: 2) ? .counter : .timing, "requests.\(number % 7)", value: Double(number))
        }
    }

    static func driver(_ strategy: DropStrategy, capacity: Int) -> TestDriver {
        TestDriver {
            $0.bufferCapacity = capacity
            $0.dropStrategy = strategy
            $0.priorities = PriorityRules(critical: ["checkout.*"], low: ["debug.*"])
        }
    }

    static let strategies: [DropStrategy] = [.realTime, .historical, .mixedWorkload, .highCardinality]

    /// Rounds of a burst while nothing is polled, then everything is; then the end.
    static func stall(_ driver: inout TestDriver, rounds: Int, burst: Int) throws {
        for round in 0..<rounds {
            let now = Instant.milliseconds(UInt64(round * 10))
            for number in 0..<burst { _ = driver.record(offer(round * burst + number), at: now) }
            try driver.pollAll(at: now + .milliseconds(5))
        }
        try driver.finish(at: .milliseconds(UInt64(rounds * 10)))
    }

    @Test("a stalling downstream: every strategy balances to the event and its content", arguments: strategies)
    func stress(strategy: DropStrategy) throws {
        var driver = Self.driver(strategy, capacity: 256)
        try Self.stall(&driver, rounds: 20, burst: 1500)
        var ledger = driver.pipeline.dropped
        #expect(ledger.lost.counts.total > 5000, "it must have had to drop")
        ledger.offered = driver.offered
        ledger.delivered = driver.received
        ledger.contentAdjustment = driver.pipeline.contentAdjustment
        #expect(ledger.imbalance.isEmpty, "\(ledger.imbalance)")
        #expect(ledger.contentsBalance)
        #expect(driver.pipeline.bufferedPeak == 256)
    }

    @Test("fault 8: oldest gives way: what arrives is the newest, in order, and each evicted event is counted once")
    func oldest() throws {
        var driver = Self.driver(.oldest, capacity: 64)
        for number in 0..<1000 {
            let result = driver.record(Offer(.counter, "a", value: Double(number)), at: .start)
            #expect(result == .buffered)
        }
        try driver.finish(at: .milliseconds(1))
        #expect(driver.arrivedEvents.map(\.value) == (936..<1000).map(Double.init))
        #expect(driver.pipeline.dropped[.evictedOldest].counts[.counter] == 936)
        #expect(driver.pipeline.dropped.lost.counts.total == 936)
    }

    @Test("fault 8: an evicted event gives its text back, so that the pool never runs dry")
    func oldestText() throws {
        var driver = TestDriver {
            $0.bufferCapacity = 8
            $0.dropStrategy = .oldest
            $0.textCapacity = 512
        }
        for number in 0..<500 {
            let result = driver.record(Offer(.set, "users", text: "user \(number) of many"), at: .start)
            #expect(result == .buffered, "\(number)")
        }
        try driver.finish(at: .milliseconds(1))
        #expect(driver.arrivedEvents.map(\.text) == (492..<500).map { "user \($0) of many" })
        #expect(driver.pipeline.dropped.lost.counts.total == 492)
        let contents = driver.received.contents &+ driver.pipeline.dropped.lost.contents
        #expect(driver.offered.contents == contents)
    }

    @Test("newest gives way: what arrives is what came first")
    func newest() throws {
        var driver = Self.driver(.newest, capacity: 64)
        for number in 0..<1000 { _ = driver.record(Offer(.counter, "a", value: Double(number)), at: .start) }
        try driver.finish(at: .milliseconds(1))
        #expect(driver.arrivedEvents.map(\.value) == (0..<64).map(Double.init))
        #expect(driver.pipeline.dropped[.bufferFull].counts[.counter] == 936)
    }

    @Test("fault 10: by priority: critical events and metrics all arrive through a stall, in order; low ones give way first")
    func byPriority() throws {
        var driver = Self.driver(.mixedWorkload, capacity: 256)
        try Self.stall(&driver, rounds: 20, burst: 1500)
        let dropped = driver.pipeline.dropped
        #expect(dropped.lost.counts[.event] == 0)
        let paid = driver.arrivedEvents.filter { $0.name == "checkout.paid" }
        #expect(paid.map(\.value) == (0..<30_000).filter { $0 % 64 == 5 }.map(Double.init))
        #expect(dropped[.lowPriority].counts[.counter] > 0 && dropped[.evictedForPriority].counts.total > 0)
        #expect(!driver.arrivedEvents.contains { $0.name == "debug.trace" && Int($0.value) % 1500 > 400 })
    }

    @Test("fault 10: a full text pool is no reason to lose what is critical while lower texts wait")
    func criticalText() throws {
        var driver = TestDriver {
            $0.dropStrategy = .mixedWorkload
            $0.textCapacity = 1024
        }
        for number in 0..<100 { _ = driver.record(Offer(.set, "users", text: "user \(number)"), at: .start) }
        let full = driver.pipeline.dropped[.textPoolFull].counts[.set]
        #expect(full > 0, "the pool must be full")
        for number in 0..<10 {
            let result = driver.record(Offer(.event, "title \(number)", text: "a text of some length"), at: .start)
            #expect(result == .buffered)
        }
        let tooLong = driver.record(Offer(.event, "title", text: String(repeating: "x", count: 600)), at: .start)
        #expect(tooLong == .refused(.textPoolFull), "longer than an empty pool is sure to hold: nobody gives way to it")
        try driver.finish(at: .milliseconds(1))
        #expect(driver.arrivedEvents.filter { $0.type == .event }.count == 10)
        #expect(driver.pipeline.dropped[.evictedForPriority].counts[.set] > 0)
        let contents = driver.received.contents &+ driver.pipeline.dropped.lost.contents
        #expect(driver.offered.contents == contents)
    }

    @Test("fault 11: by priority, what is low moves while high never stops")
    func lowMoves() throws {
        var driver = TestDriver {
            $0.dropStrategy = .byPriority(lowRefusedFrom: Ratio(100, outOf: 100))
            $0.priorities = PriorityRules(high: ["high"], low: ["low"])
            $0.bufferCapacity = 1024
            $0.batchSize = 8
        }
        for number in 0..<16 { _ = driver.record(Offer(.counter, "low", value: Double(number)), at: .start) }
        for round in 0..<16 {
            for _ in 0..<32 { _ = driver.record(Offer(.counter, "high", value: 1), at: .milliseconds(UInt64(round))) }
            try driver.poll(at: .milliseconds(UInt64(round)))
        }
        #expect(driver.arrivedEvents.filter { $0.name == "low" }.count == 16, "one in each packet of eight")
    }

    @Test("fault 9: sampled survivors carry the rate on the wire, so that the sum stays the whole")
    func sampled() throws {
        var driver = Self.driver(.highCardinality, capacity: 1024)
        let count = 60_000
        for number in 0..<count {
            _ = driver.record(Offer(.counter, "hits", value: 1), at: .milliseconds(UInt64(number / 1000)))
            // It leaves a little more slowly than it comes: the buffer hovers around the plan's steps.
            if number % 100 == 99, driver.pipeline.bufferedCount > 600 { try driver.poll(at: .milliseconds(UInt64(number / 1000))) }
        }
        try driver.finish(at: .milliseconds(100))
        let dropped = driver.pipeline.dropped
        let estimate = driver.arrivedEvents.reduce(0) { $0 + $1.value / $1.rate }
        let sampled = Double(dropped[.sampledOut].counts.total)
        #expect(sampled > 5000, "it must have sampled")
        // What the full buffer refused nobody stands for.
        let truth = Double(count) - Double(dropped[.bufferFull].counts.total) * 5.5
        #expect(abs(estimate - truth) < 0.2 * Double(count), "\(estimate) for \(truth)")
        #expect(Set(driver.arrivedEvents.map(\.rate)).isSuperset(of: [1, 0.5]))
        let contents = driver.received.contents &+ dropped.lost.contents &+ driver.pipeline.contentAdjustment
        #expect(driver.offered.contents == contents)
    }
}
