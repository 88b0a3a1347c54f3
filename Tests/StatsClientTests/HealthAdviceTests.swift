import StatsModel
import SystemIO
import Testing
import TestSupport

@testable import StatsClient

/// What health says of losses: each cause with what helps against it, and shares that are shares.
@Suite("health advice") struct HealthAdviceTests {
    /// Causes that a live client counts, and words that their advice must have.
    static let helps: [(cause: LossCause, words: [String])] = [
        (.bufferFull, ["increase the buffer or sample"]), (.evictedOldest, ["increase the buffer or sample"]),
        (.evictedForPriority, ["increase the buffer or sample", "priority"]),
        (.lowPriority, ["increase the buffer or sample", "priority"]), (.sampledOut, ["increase the buffer", "record less"]),
        (.oversize, ["shorten", "largeEventLimit"]), (.textPoolFull, ["textCapacity", "texts"]),
        (.metricLimit, ["metricLimit", "tag values"]), (.memoryLimit, ["memoryLimit", "metrics or tags"]),
        (.sendFailed, ["send errors", "receiver"]), (.circuitOpen, ["circuit", "receiver"]),
        (.clientClosed, ["shut down"]), (.clientForked, ["after fork()"]), (.notInFormat, ["format"]),
        (.reservedByte, ["format", "tags"]),
    ]

    private static func metrics(_ causes: [LossCause: UInt64]) -> StatsClient.Metrics {
        var metrics = StatsClient.Metrics.none
        metrics.eventsReceived = 1000
        for (cause, count) in causes { metrics.droppedByCause[cause] = count }
        metrics.eventsDropped = causes.values.reduce(0, +)
        return metrics
    }

    @Test("each cause of loss comes with what helps against it, and with nothing else", arguments: helps)
    func advice(cause: LossCause, words: [String]) throws {
        let health = StatsClient.Health(Self.metrics([cause: 21]))
        let sentence = try #require(health.advice.first)
        #expect(sentence.hasPrefix("drop rate 2.1 % by \(cause.name): "))
        for word in words { #expect(sentence.contains(word), "\(sentence)") }
        let isBuffer = words[0].contains("buffer")
        #expect(sentence.contains("buffer") == isBuffer, "\(sentence)")
        #expect(!health.isHealthy && health.status == .degraded)
    }

    @Test("several causes are ordered by their losses, the largest first")
    func several() {
        let health = StatsClient.Health(Self.metrics([.metricLimit: 6, .bufferFull: 6, .memoryLimit: 30, .sendFailed: 0]))
        let starts = health.advice.map { $0.prefix { $0 != ":" } }
        #expect(starts == ["drop rate 3.0 % by memory_limit", "drop rate 0.6 % by buffer_full", "drop rate 0.6 % by metric_limit"])
        #expect(StatsClient.Health(Self.metrics([.metricLimit: 6, .bufferFull: 4])).isHealthy, "one in a hundred is allowed")
    }

    @Test("what was lost before the window began is no advice any more")
    func lately() {
        let before = Self.metrics([.metricLimit: 500])
        var now = Self.metrics([.metricLimit: 500, .bufferFull: 100])
        now.eventsReceived += 1000
        let health = StatsClient.Health(now, since: HealthTotals(before))
        #expect(health.dropRate == 0.1 && health.advice.count == 1)
        #expect(health.advice.first?.hasPrefix("drop rate 10.0 % by buffer_full: ") == true, "\(health.advice)")
    }

    @Test("where every packet comes back, or none is taken, all sends fail", arguments: Loopback.hosts + [""])
    func everySendFails(host: String) throws {
        let destination =
            host.isEmpty
            ? Destination.unix(path: LiveDeliveryTests.socketPath())
            : Destination.udp(host: host, port: try Loopback.freePort(of: host))
        let client = try StatsClient(destination: destination)
        for _ in 0..<20 {
            client.increment("nobody.listens")
            try client.flushBlocking()
        }
        let health = client.health()
        #expect(health.sendErrorRate == 1 && health.status == .unhealthy)
        #expect(health.advice.contains { $0.hasPrefix("send errors 100.0 %") }, "\(health.advice)")
        _ = try client.shutdownBlocking(within: .milliseconds(200))
    }
}
