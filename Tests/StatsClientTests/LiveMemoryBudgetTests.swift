import StatsBuffers
import StatsModel
import Synchronization
import SystemIO
import TestSupport
import Testing

@testable import StatsClient
@testable import StatsPipeline

/// What the client says of its memory: never more in use than the budget, nor than the limit where there is one.
@Suite("memory budget", .serialized) struct LiveMemoryBudgetTests {
    /// What one snapshot says is wrong; nil where nothing is.
    private static func fault(_ metrics: StatsClient.Metrics) -> String? {
        let (used, budget) = (metrics.memoryInUse, metrics.memoryBudget)
        if used > budget { return "\(used) bytes in use, \(budget) in the budget, with \(metrics.metricsKnown) metrics" }
        guard let limit = metrics.memoryLimit, max(used, budget) > limit else { return nil }
        return "\(used) bytes in use, \(budget) in the budget, \(limit) in the limit"
    }

    /// Names of 2 to 200 bytes; tags in two orders, and one of them said again and again.
    private static func record(_ client: StatsClient, thread: Int, count: Int) {
        for number in 0..<count {
            let name = "m\(number)" + String(repeating: "x", count: number * 7 % 200)
            client.increment(name, tags: [("a", "1"), ("thread", "\(thread % 2)")])
            client.increment(name, tags: [("thread", "\(thread % 2)"), ("a", "1")])
            client.increment(name, tags: InlineArray<40, StatsClient.Tag>(repeating: ("a", "1")))
            client.gauge(name, tags: ["b": "2"]).set(1)
            if number % 16 == 0 { client.memberSet(name).insert("one") }
        }
    }

    @Test(
        "at every moment memory in use is at most the budget, with four threads and metrics beyond their limit",
        arguments: ClientPreset.allCases)
    func bound(preset: ClientPreset) throws {
        let sink = try DatagramSocket(bindingAnyPortOf: "127.0.0.1")
        let port = sink.localPort ?? 0
        var configuration = StatsClient.Configuration(preset: preset)
        configuration.metricLimit = 400
        let client = try StatsClient(configuration: configuration, destination: .udp(host: "127.0.0.1", port: port))
        #expect(Self.fault(client.exportMetrics()) == nil, "before anything is recorded")
        let recorders = Recorders()
        try recorders.start(4) { Self.record(client, thread: $0, count: 200) }
        var faults: [String] = []
        while recorders.count() < 4 {
            if let fault = Self.fault(client.exportMetrics()) { faults.append(fault) }
            yieldProcessor()
        }
        let metrics = client.exportMetrics()
        if let fault = Self.fault(metrics) { faults.append(fault) }
        #expect(faults.isEmpty, "\(preset.name): \(faults.count) times, such as \(faults.last ?? "")")
        #expect(metrics.metricsKnown > 40)
        if metrics.memoryLimit == nil { #expect(metrics.recordingThreads == 4 && metrics.metricsKnown == 400) }
        _ = try client.shutdownBlocking(within: .milliseconds(100))
        #expect(Self.fault(client.exportMetrics()) == nil, "after the end")
    }

    @Test("the limit holds to the byte: with room for no metric, for one, and for ways to write it that are longer than it")
    func limit() throws {
        let sink = try DatagramSocket(bindingAnyPortOf: "127.0.0.1")
        let port = sink.localPort ?? 0
        var configuration = StatsClient.Configuration.standard
        let fixed = configuration.fixedMemory + configuration.threadMemory
        for room in [0, StatsClient.Configuration.metricMemory(nameLength: 256)] {
            configuration.memoryLimit = fixed + room
            let client = try StatsClient(configuration: configuration, destination: .udp(host: "127.0.0.1", port: port))
            let tag: StatsClient.Tag = ("a", String(repeating: "1", count: 250))
            let result = client.increment("m", tags: [tag])
            #expect(result == (room == 0 ? .refused(.memoryLimit) : .buffered))
            client.increment("m", tags: InlineArray<40, StatsClient.Tag>(repeating: tag))
            let metrics = client.exportMetrics()
            #expect(Self.fault(metrics) == nil)
            #expect(metrics.metricsKnown == (room == 0 ? 0 : 1))
            _ = try client.shutdownBlocking(within: .milliseconds(100))
        }
    }
}
