import CAllocationCount
import Foundation
import StatsModel
import SystemIO
import TestSupport
import Testing

@testable import StatsClient
@testable import StatsPipeline

/// The stated budget against what the heap says. Each in a process of its own, whose heap nobody else uses.
@Suite(.serialized) struct LiveMemoryTests {
    static let isMeasured = callocationcount_live_bytes() >= 0 && callocationcount_of_thread() >= 0

    @Test(
        "no preset takes more of the heap than its budget says", .enabled(if: isMeasured, "the library does not tell what its heap holds"))
    func presets() async {
        await #expect(processExitsWith: .success) {
            let sink = try DatagramSocket(bindingAnyPortOf: "127.0.0.1")
            let port = sink.localPort ?? 0
            MemoryTrial(ClientPreset.standard.liveConfiguration).warmUp(port)
            for preset in ClientPreset.allCases {
                var trial = MemoryTrial(preset.liveConfiguration)
                guard (try? trial.configuration.validate()) != nil else { continue }
                for (threads, metrics) in [(1, 10), (3, 500)] {
                    (trial.threads, trial.metrics) = (threads, metrics)
                    let (growth, budget) = try trial.run(port)
                    #expect(growth <= budget, "\(preset), \(threads) threads, \(metrics) metrics: \(growth) of \(budget)")
                }
            }
        }
    }

    @Test(
        "no configuration takes more of the heap than its budget says",
        .enabled(if: isMeasured, "the library does not tell what its heap holds"))
    func configurations() async {
        await #expect(processExitsWith: .success) {
            let sink = try DatagramSocket(bindingAnyPortOf: "127.0.0.1")
            let port = sink.localPort ?? 0
            MemoryTrial(ClientPreset.standard.liveConfiguration).warmUp(port)
            var tried = 0
            for seed in 1...20 as ClosedRange<UInt64> {
                let trial = MemoryTrial(seed: seed)
                guard (try? trial.configuration.validate()) != nil else { continue }
                tried += 1
                let (growth, budget) = try trial.run(port)
                #expect(growth <= budget, "seed \(seed): \(growth) of \(budget)")
            }
            #expect(tried > 6)
        }
    }

    @Test(
        "one metric, its tags written in a thousand orders, takes no more than one metric may",
        .enabled(if: isMeasured, "the library does not tell what its heap holds"))
    func orders() async {
        await #expect(processExitsWith: .success) {
            let sink = try DatagramSocket(bindingAnyPortOf: "127.0.0.1")
            let port = sink.localPort ?? 0
            MemoryTrial(ClientPreset.standard.liveConfiguration).warmUp(port)
            var trial = MemoryTrial(ClientPreset.standard.liveConfiguration)
            (trial.metrics, trial.orders) = (1, 1000)
            let (growth, budget) = try trial.run(port)
            #expect(growth <= budget, "\(growth) of \(budget)")
            // With the limit just above: whatever is recorded, it holds.
            trial.configuration.memoryLimit = trial.configuration.memoryBudget(threads: 1, metrics: 3, nameLength: MemoryTrial.nameLength)
            trial.metrics = 40
            let (limited, limit) = try trial.run(port)
            #expect(limited <= limit && limit == trial.configuration.memoryLimit, "\(limited) of \(limit)")
        }
    }
}

extension ClientPreset {
    fileprivate var liveConfiguration: StatsClient.Configuration { StatsClient.Configuration(preset: self) }
}

/// One client, what is recorded with it, and how much the heap grew by it.
struct MemoryTrial {
    /// Of each metric's name and tags.
    static let nameLength = 48

    var configuration: StatsClient.Configuration
    var threads = 1
    var metrics = 10
    /// In how many orders each metric's tags are written.
    var orders = 2

    init(_ configuration: StatsClient.Configuration) { self.configuration = configuration }

    init(seed: UInt64) {
        let random = KeyedRandom(seed: seed)
        func draw(_ rule: UInt64, _ range: ClosedRange<Int>) -> Int {
            range.lowerBound + Int(random.draw(rule: rule, flow: 0, sequence: 0) % UInt64(range.count))
        }
        let presets = ClientPreset.allCases
        configuration = StatsClient.Configuration(preset: presets[draw(0, 0...presets.count - 1)])
        configuration.threadBufferCapacity = 1 << draw(1, 1...13)
        configuration.threadLimit = draw(2, 1...6)
        configuration.bufferCapacity = 1 << draw(3, 1...13)
        configuration.batchSize = draw(4, 1...500)
        configuration.textCapacity = 1024 << draw(5, 0...8)
        configuration.metricLimit = draw(6, 1...800)
        configuration.maximumPacketSize = draw(7, 512...8000)
        if draw(8, 0...3) == 0 { configuration.redundancy = .all }
        if draw(9, 0...3) == 0 { configuration.reliability = nil }
        if draw(10, 0...2) == 0 { configuration.aggregation = StatsClient.Configuration.standardAggregation }
        if draw(11, 0...3) == 0 { configuration.memoryLimit = configuration.fixedMemory + configuration.threadMemory + draw(12, 0...1 << 20) }
        threads = draw(13, 1...8)
        metrics = draw(14, 1...1000)
        orders = draw(15, 1...3)
    }

    /// Takes the runtime's own caches out of what is measured.
    func warmUp(_ port: UInt16) { _ = try? run(port) }

    /// Bytes by which the heap grew, and those that the configuration states.
    func run(_ port: UInt16) throws -> (growth: Int, budget: Int) {
        let before = callocationcount_live_bytes()
        let client = try StatsClient(configuration: configuration, destination: .udp(host: "127.0.0.1", port: port))
        for _ in 0..<threads {
            let trial = self
            // One after the other, with numbers of their own: each takes its number along until all have ended.
            RunningThread(0) { (_: inout Int) in trial.record(client) }.join()
            try client.flushBlocking()
        }
        let growth = Int(callocationcount_live_bytes() - before)
        let budget = configuration.memoryBudget(threads: threads, metrics: metrics + 2, nameLength: Self.nameLength)
        _ = try client.shutdownBlocking(within: .seconds(2))
        return (growth, budget)
    }

    private func record(_ client: StatsClient) {
        for number in 0..<metrics {
            for order in 0..<orders {
                var tags = [("environment", "production"), ("a", "1"), ("b", "2"), ("c", ""), ("d", ""), ("e", ""), ("f", "")]
                var left = order
                for place in 1..<tags.count {
                    tags.swapAt(place, left % (place + 1))
                    left /= place + 1
                }
                client.increment(
                    "m.\(number)", tags: [tags[0], tags[1], tags[2], tags[3], tags[4], tags[5], tags[6]] as InlineArray<7, StatsClient.Tag>)
            }
            if number % 8 == 0 { client.recordEvent(title: "an event of some length", text: "text \(number)") }
        }
        client.memberSet("members").insert("one")
        client.recordTiming("timing", milliseconds: 1)
    }
}
