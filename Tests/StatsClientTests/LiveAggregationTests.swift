import CAllocationCount
import StatsModel
import StatsReceiver
import SystemIO
import Testing

@testable import StatsClient

/// Counters that add up in place: the sums arrive, and every increment is counted once.
@Suite(.serialized) struct LiveAggregationTests {
    static func configuration() -> StatsClient.Configuration {
        var configuration = StatsClient.Configuration()
        configuration.counterAggregation = StatsClient.Configuration.standardAggregation
        configuration.aggregationInterval = .milliseconds(5)
        return configuration
    }

    @Test("the sums that arrive are the sums recorded, and stand for as many events", arguments: [1, 4])
    func law(producers: Int) throws {
        let socket = try DatagramSocket(bindingAnyPortOf: "127.0.0.1")
        let bound = socket.localPort
        let port = try #require(bound)
        var receiver = LoopbackReceiver(socket)
        let client = try StatsClient(
            configuration: Self.configuration(), destination: .udp(host: "127.0.0.1", port: port))
        let ones = client.counter("sum.ones")
        let values = client.counter("sum.values", tags: ["env": "prod"])
        let sampled = client.counter("sum.sampled", sampleRate: 0.5)
        let timing = client.timing("not.added")
        let recorders = Recorders()
        let each = 30_000
        // Mostly whole numbers; now and then one that is sent as it is.
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

    @Test("a flush sends the sums, and after it a quiet client goes on with the next increment")
    func flush() throws {
        let socket = try DatagramSocket(bindingAnyPortOf: "127.0.0.1")
        let bound = socket.localPort
        let port = try #require(bound)
        var receiver = LoopbackReceiver(socket)
        var configuration = Self.configuration()
        configuration.aggregationInterval = .seconds(3600)
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

    @Test("without a flush the sums go out by themselves, also of a client that sleeps")
    func interval() throws {
        let socket = try DatagramSocket(bindingAnyPortOf: "127.0.0.1")
        let bound = socket.localPort
        let port = try #require(bound)
        var receiver = LoopbackReceiver(socket)
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
        let client = try StatsClient(
            configuration: Self.configuration(), destination: .udp(host: "127.0.0.1", port: 9))
        let counter = client.counter("sum.allocations")
        for _ in 0..<300 { counter.increment() }
        let before = callocationcount_of_thread()
        for index in 0..<5000 { counter.increment(by: Double(index % 3)) }
        #expect(callocationcount_of_thread() - before == 0)
        _ = try client.shutdownBlocking()
    }
}
