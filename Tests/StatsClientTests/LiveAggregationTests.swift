import CAllocationCount
import StatsBuffers
import StatsModel
import StatsReceiver
import SystemIO
import Testing
import TestSupport

@testable import StatsClient
@testable import StatsPipeline

/// What handles add up in place: the sums arrive, and every event is counted once.
@Suite(.serialized) struct LiveAggregationTests {
    static func configuration() -> StatsClient.Configuration {
        var configuration = StatsClient.Configuration()
        configuration.aggregation = StatsClient.Configuration.standardAggregation
        configuration.aggregation?.interval = .milliseconds(5)
        return configuration
    }

    @Test("the sums that arrive are the sums recorded, and stand for as many events", arguments: [1, 4])
    func law(producers: Int) throws {
        var receiver = try LoopbackReceiver()
        let port = receiver.port
        let client = try StatsClient(
            configuration: Self.configuration(), destination: .udp(host: "127.0.0.1", port: port))
        let ones = client.counter("sum.ones")
        let values = client.counter("sum.values", tags: ["env": "prod"])
        let sampled = client.counter("sum.sampled", sampleRate: 0.5)
        let timing = client.timing("not.added")
        let recorders = Recorders()
        let each = 30_000
        // Mostly whole numbers; now and then one that is none.
        let amount: @Sendable (Int) -> Double = { index in
            let whole = Double(index % 7)
            return index % 1000 == 0 ? whole + 0.5 : whole
        }
        try recorders.start(producers) { _ in
            for index in 0..<each {
                ones.increment()
                values.increment(by: amount(index))
                if index % 100 == 0 { sampled.increment() }
                if index % 1000 == 0 { timing.record(milliseconds: 1) }
            }
        }
        while recorders.count() < producers { receiver.turn(timeout: .milliseconds(1)) }
        let report = try client.shutdownBlocking()
        receiver.finish()
        let ledger = client.ledger
        let metrics = client.exportMetrics()
        let counts = receiver.totals.tally.counts
        #expect(counts == client.sent)
        #expect(metrics.eventsReceived == report.sent + report.lost && metrics.eventsBuffered == 0)
        let whole = UInt64(producers * (2 * each + each / 100))
        #expect(counts[.counter] + ledger.lost.counts[.counter] + metrics.eventsSampledOut == whole)
        // Nothing was lost here, so the sums are exact: halves have exact doubles.
        #expect(report.losses.isEmpty)
        let totals = receiver.totals.metrics
        let sum = totals.first { $0.label == "sum.values{env:prod}" }
        var one = 0.0
        for index in 0..<each { one += amount(index) }
        let expected = Double(producers) * one
        #expect(sum?.value == expected && sum?.events == UInt64(producers * each))
        #expect(totals.first { $0.label == "sum.ones" }?.value == Double(producers * each))
        #expect(metrics.packetsSent < 2000, "sums, not events, were sent")
    }

    @Test("levels, summaries, set members and calls by name add up as well, each event counted once", arguments: [1, 4])
    func everyType(producers: Int) throws {
        var receiver = try LoopbackReceiver()
        let port = receiver.port
        var configuration = Self.configuration()
        configuration.aggregation?.timings = .summarise
        let client = try StatsClient(configuration: configuration, destination: .udp(host: "127.0.0.1", port: port))
        let level = client.gauge("level")
        let timing = client.timing("timing")
        let histogram = client.histogram("histogram")
        let distribution = client.distribution("distribution")
        let members = client.memberSet("members")
        let recorders = Recorders()
        let each = 20_000
        try recorders.start(producers) { producer in
            for index in 0..<each {
                level.set(Double(index))
                timing.record(milliseconds: Double(1 + (index + producer) % 50))
                histogram.record(Double(index % 3))
                distribution.record(-1)
                client.increment("by.name", by: 3, tags: [("env", "prod")])
                client.setGauge("level.by.name", to: 4)
                if index % 2 == 0 {
                    client.recordTiming("timing.by.name", milliseconds: 8)
                } else {
                    client.recordTiming("timing.by.name", .milliseconds(8))
                }
                if index % 100 == 0 { members.insert("member \(index % 700)") }
            }
        }
        while recorders.count() < producers { receiver.turn(timeout: .milliseconds(1)) }
        level.set(-5)
        let report = try client.shutdownBlocking()
        receiver.finish()
        #expect(report.losses.isEmpty)
        let metrics = client.exportMetrics()
        #expect(metrics.eventsReceived == report.sent && metrics.eventsBuffered == 0)
        #expect(receiver.totals.tally.counts == client.sent)
        let count = UInt64(producers * each)
        func numbers(_ label: String) throws -> MetricNumbers {
            try #require(receiver.totals.metrics.first { $0.label == label }?.numbers, "\(label)")
        }
        for label in ["timing", "histogram", "distribution", "timing.by.name", "level.by.name", "by.name{env:prod}"] {
            #expect(try numbers(label).events == count, "\(label)")
        }
        #expect(try numbers("level").events == count + 1)
        #expect(try numbers("level").level == -5)
        #expect(try numbers("level.by.name").level == 4)
        #expect(try numbers("by.name{env:prod}").sum == 3 * Double(count))
        #expect(try numbers("members").events == count / 100)
        let timings = try numbers("timing")
        #expect(timings.minimum == 1 && timings.maximum == 50)
        let sum = Double(producers) * (0..<each).reduce(0.0) { $0 + Double(1 + $1 % 50) }
        // The mean of what lies between the ends is rounded.
        #expect(abs(timings.weighted.sum - sum) < 1e-9 * sum)
        #expect(metrics.packetsSent < 3000, "sums, not events, were sent")
    }

    @Test("what is measured is as long as it took, of what waits as well, also where it throws")
    func measure() async throws {
        struct Failure: Error {}
        var receiver = try LoopbackReceiver()
        let port = receiver.port
        let client = try StatsClient(destination: .udp(host: "127.0.0.1", port: port))
        let timing = client.timing("measured")
        let clock = SystemClock()
        let began = clock.now
        let sum = await timing.measure { () async -> Int in
            await client.flush()
            return 41
        }
        await #expect(throws: Failure.self) {
            try await timing.measure { () async throws(Failure) -> Void in
                await client.flush()
                throw Failure()
            }
        }
        let one = timing.measure { 1 }
        #expect(sum + one == 42)
        let took = clock.now - began
        _ = await client.shutdown(within: .seconds(10))
        receiver.finish()
        let numbers = try #require(receiver.totals.metrics.first { $0.label == "measured" }?.numbers)
        // A flush wakes the worker and waits for it: that is never done within a microsecond.
        #expect(numbers.events == 3 && numbers.maximum >= 0.001 && numbers.sum <= took.seconds * 1e3 + 0.001)
    }

    @Test("a gauge's first change goes out after the value that was set before, and what is set later after it")
    func gaugeChanges() throws {
        var receiver = try LoopbackReceiver()
        let port = receiver.port
        let client = try StatsClient(
            configuration: Self.configuration(), destination: .udp(host: "127.0.0.1", port: port))
        let gauges = (0..<20).map { client.gauge("level.\($0)") }
        for (number, gauge) in gauges.enumerated() {
            gauge.set(1)
            gauge.set(Double(number))
            gauge.adjust(by: 100)
            if number % 2 == 0 {
                gauge.set(7)
                gauge.adjust(by: -1)
            }
        }
        _ = try client.shutdownBlocking()
        receiver.finish()
        for number in 0..<20 {
            let total = receiver.totals.metrics.first { $0.label == "level.\(number)" }
            #expect(total?.value == (number % 2 == 0 ? 6 : Double(number) + 100), "gauge \(number)")
            #expect(total?.events == (number % 2 == 0 ? 5 : 3))
        }
    }

    @Test("a flush sends the sums, and after it a quiet client goes on with the next increment")
    func flush() throws {
        var receiver = try LoopbackReceiver()
        let port = receiver.port
        var configuration = Self.configuration()
        configuration.aggregation?.interval = .seconds(3600)
        let client = try StatsClient(configuration: configuration, destination: .udp(host: "127.0.0.1", port: port))
        let counter = client.counter("sum.flushed")
        for round in 1...20 as ClosedRange<UInt64> {
            counter.increment(by: 2)
            counter.increment()
            try client.flushBlocking()
            receiver.turn(timeout: .zero)
            let total = receiver.totals.tally.counts.total
            #expect(total == 2 * round)
        }
        _ = try client.shutdownBlocking()
        let late = counter.increment()
        #expect(late == .refused(.clientClosed))
        #expect(client.ledger[.clientClosed].counts[.counter] == 1)
    }

    /// Records of every type that adds up, so many times, and what it amounts to.
    private static func record(_ count: Int, with client: StatsClient) -> UInt64 {
        let sum = client.counter("waiting.sum")
        let level = client.gauge("waiting.level")
        let timing = client.timing("waiting.timing")
        for index in 0..<count {
            sum.increment(by: Double(index))
            level.set(Double(index))
            timing.record(milliseconds: 2)
            client.increment("waiting.\(index % 50)")
        }
        return 4 * UInt64(count)
    }

    @Test("what is added up when a shutdown can send nothing is named, event by event", arguments: [false, true])
    func unsent(behindBreaker: Bool) throws {
        let path = LiveDeliveryTests.socketPath()
        let socket = try DatagramSocket(bindingTo: .unix(path: path))
        defer { try? FileSystem.removeFile(path) }
        var configuration = Self.configuration()
        configuration.aggregation?.timings = .summarise
        configuration.aggregation?.interval = .seconds(3600)
        configuration.maximumSendWait = .seconds(60)
        var destination = Destination.unix(path: path)
        if behindBreaker {
            var breaker = BreakerConfiguration()
            breaker.failureThreshold = 1
            breaker.openFor = .seconds(60)
            breaker.maximumOpenFor = .seconds(60)
            configuration.breaker = breaker
            destination = .unix(path: path + ".nobody")
        } else {
            // Nobody reads, and each event is a packet: the socket is full long before the last.
            configuration.batchSize = 1
        }
        let client = try StatsClient(configuration: configuration, destination: destination)
        var whole = Self.record(100, with: client)
        if behindBreaker {
            try client.flushBlocking()
            #expect(LiveDeliveryTests.wait { client.exportMetrics().circuitBreaker == .open })
        }
        whole += Self.record(1000, with: client)
        let report = try client.shutdownBlocking(within: .milliseconds(200))
        #expect(report.sent + report.lost == whole, "\(report)")
        let cause = behindBreaker ? LossCause.circuitOpen : .sendFailed
        #expect(report.losses.contains { $0.cause == cause && $0.type == .counter && $0.count > 500 }, "\(report)")
        let metrics = client.exportMetrics()
        #expect(metrics.eventsReceived == whole && metrics.eventsBuffered == 0)
        // Open until here.
        _ = socket.localPort
    }

    @Test("without a flush the sums go out by themselves, also of a client that sleeps")
    func interval() throws {
        var receiver = try LoopbackReceiver()
        let port = receiver.port
        var configuration = Self.configuration()
        configuration.maximumBatchAge = .milliseconds(1)
        let client = try StatsClient(configuration: configuration, destination: .udp(host: "127.0.0.1", port: port))
        let counter = client.counter("sum.interval")
        for round in 1...5 as ClosedRange<UInt64> {
            counter.increment()
            let arrives = LiveDeliveryTests.wait {
                receiver.turn(timeout: .milliseconds(1))
                return receiver.totals.tally.counts.total == round
            }
            #expect(arrives)
            // Longer than the worker stays awake without events.
            receiver.turn(timeout: .milliseconds(50))
        }
        _ = try client.shutdownBlocking()
    }

    @Test(
        "adding asks for no memory", .enabled(if: callocationcount_of_thread() >= 0, "another heap stands in front of ours"))
    func allocations() throws {
        var configuration = Self.configuration()
        configuration.aggregation?.timings = .summarise
        let client = try StatsClient(configuration: configuration, destination: .udp(host: "127.0.0.1", port: 9))
        let counter = client.counter("sum.allocations")
        let gauge = client.gauge("level.allocations")
        let timing = client.timing("timing.allocations")
        let record: (Int) -> Void = { index in
            counter.increment(by: Double(index % 3) / 2)
            gauge.set(Double(index))
            timing.record(milliseconds: 3)
            client.increment("name.allocations", tags: [("env", "prod")])
        }
        for index in 0..<300 { record(index) }
        let before = callocationcount_of_thread()
        for index in 0..<2000 { record(index) }
        #expect(callocationcount_of_thread() - before == 0)
        _ = try client.shutdownBlocking()
    }
}
