import StatsModel
import StatsReceiver
import StatsWire
import SystemIO
import Testing
import TestSupport

@testable import StatsClient
@testable import StatsPipeline

/// Every preset as a live client: it starts, delivers, and keeps to its memory.
@Suite("live presets", .serialized) struct LivePresetTests {
    @Test("every preset is a valid live client, whose memory limit has room for threads and metrics", arguments: ClientPreset.allCases)
    func valid(preset: ClientPreset) throws {
        let configuration = StatsClient.Configuration(preset: preset)
        try configuration.validate()
        if let limit = configuration.memoryLimit {
            let metrics = (limit - configuration.fixedMemory - 4 * configuration.threadMemory)
                / StatsClient.Configuration.metricMemory(nameLength: 48)
            #expect(metrics >= 64, "\(preset.name): four threads leave room for \(metrics) metrics")
        }
    }

    @Test("every preset starts and delivers events of every type, long ones too, over a real socket", arguments: ClientPreset.allCases)
    func delivers(preset: ClientPreset) throws {
        var receiver = try LoopbackReceiver()
        let port = receiver.port
        let configuration = StatsClient.Configuration(preset: preset)
        let client = try StatsClient(configuration: configuration, destination: .udp(host: "127.0.0.1", port: port))
        let recorders = Recorders()
        try recorders.start(4) { thread in
            let (counter, gauge) = (client.counter("a", tags: ["t": "\(thread)"]), client.gauge("b"))
            let (timing, set) = (client.timing("c"), client.memberSet("d"))
            for round in 0..<20 {
                counter.increment()
                gauge.set(Double(round))
                timing.record(milliseconds: 1)
                set.insert("member \(thread) \(round)")
                client.recordEvent(title: "event \(thread) \(round)", text: round == 7 && thread == 0 ? String(repeating: "x", count: 8000) : "")
                client.recordServiceCheck("check", status: .ok)
                try? client.flushBlocking()
            }
        }
        while recorders.count() < 4 { receiver.turn(timeout: .milliseconds(1)) }
        let report = try receiver.shutDown(client)
        let received = receiver.totals.tally.counts
        #expect(report.lost == 0, "\(preset.name): \(report)")
        for type in [MetricType.counter, .gauge, .timing, .set, .event, .serviceCheck] { #expect(received[type] == 80, "\(preset.name)") }
        let metrics = client.exportMetrics()
        #expect(metrics.largePacketsSent == 1, "\(preset.name)")
        if let limit = configuration.memoryLimit {
            #expect(metrics.memoryInUse <= limit && metrics.memoryBudget <= limit, "\(preset.name)")
        }
    }

    @Test("low-memory keeps its half MiB live as well, and says so")
    func lowMemory() {
        let configuration = StatsClient.Configuration.lowMemory
        #expect(configuration.memoryLimit == 1 << 19 && configuration.memoryBudget(threads: 64, metrics: 1000) == 1 << 19)
        #expect(configuration.memoryDescription(threads: 4) == "this client will use 0.4 MB with 4 threads")
    }
}
