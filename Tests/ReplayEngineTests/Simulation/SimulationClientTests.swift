import NetworkEmulator
import StatsPipeline
import StatsModel
import Testing
import Verification

@testable import ReplayEngine

/// Every part of the client in the simulation: the law, the detectors and the limits.
@Suite("Simulation, clients") struct SimulationClientTests {
    private func faults(_ record: RunRecord) -> [String] { Judgement(record).faults }

    private static func loss(_ percent: UInt64) -> Scenario {
        var scenario = Scenario()
        scenario.client = .bare
        scenario.impairments.loss = Ratio(percent, outOf: 100)
        return scenario
    }

    @Test("means of large whole numbers are held to what a mean can say, small ones to the last bit")
    func means() throws {
        var scenario = Scenario()
        scenario.client.aggregation = AggregatorConfiguration()
        scenario.client.aggregation?.timings = .summarise
        for large in ["1e15", "1000000007"] {
            for count in 3...40 {
                let lines = (0..<count).map { (Int64($0) * 1000, $0 % 3 == 1 ? "a:20581|h" : "a:\(large)|h") }
                let record = try SyntheticCapture(lines: lines).replay(scenario)
                #expect(record.valueFaults.isEmpty, "\(large), \(count): \(record.valueFaults)")
            }
        }
        var whole = WeightedSum()
        var other = WeightedSum()
        for _ in 0..<1000 { whole.add(1_000_000) }
        for _ in 0..<999 { other.add(1_000_000) }
        other.add(999_999)
        #expect(!RunAccounting.isRounding(whole, other, of: 1000))
    }

    @Test("every preset keeps the law under any mixture of impairments and overload", arguments: ClientPreset.allCases)
    func presets(preset: ClientPreset) throws {
        for seed in 1...6 as ClosedRange<UInt64> {
            let random = KeyedRandom(seed: seed)
            var scenario = Scenario()
            scenario.seed = seed
            scenario.client = preset.configuration
            // Small, so that strategies have to act.
            scenario.client.bufferCapacity = 64
            scenario.client.priorities = PriorityRules(critical: ["metric.1*"], low: ["metric.2*"])
            let ratio = { (rule: UInt64, most: UInt64) in
                Ratio(random.draw(rule: rule, flow: 0, sequence: 0) % (most + 1), outOf: 100)
            }
            scenario.impairments.loss = ratio(1, 30)
            scenario.impairments.corrupt = ratio(2, 20)
            scenario.impairments.duplicate = ratio(3, 20)
            scenario.impairments.reorder = ratio(4, 30)
            scenario.impairments.delay = .milliseconds(Int64(random.draw(rule: 5, flow: 0, sequence: 0) % 50))
            scenario.impairments.jitter = .milliseconds(Int64(random.draw(rule: 6, flow: 0, sequence: 0) % 20))
            scenario.impairments.drop = seed % 3 == 0 ? [1...2, 17...17] : []
            scenario.pace = seed % 2 == 0 ? .topspeed : .recorded
            let capture = try SyntheticCapture(lines: mixedLines(seed: seed, count: 3000))
            let record = try capture.replay(scenario)
            #expect(faults(record).isEmpty, "seed \(seed): \(faults(record))")
            if preset == .reliable { #expect(record.client.copies.sent > 0) }
        }
    }

    @Test("redundancy: a packet is lost only if both copies are lost, and their number follows the draws")
    func redundancy() throws {
        let capture = try SyntheticCapture(lines: mixedLines(seed: 8, count: 30_000))
        let bare = try capture.replay(Self.loss(20))
        var scenario = Self.loss(20)
        scenario.client.redundancy = .all
        scenario.client.copySpread = .milliseconds(20)
        let record = try capture.replay(scenario)
        #expect(faults(record).isEmpty, "\(faults(record))")
        let sent = Double(record.packets.sent)
        #expect(abs(Double(bare.packets.dropped) / sent - 0.2) < 0.05)
        // 4 % of a few hundred packets, five standard deviations.
        #expect(abs(Double(record.packets.dropped) - sent * 0.04) < 5 * (sent * 0.04 * 0.96).squareRoot())
        #expect(record.client.copies.sent == record.packets.sent && record.client.copies.byteCount > 0)
        #expect(record.duplicates.injected > 0 && record.duplicates.isPerfect)
        #expect(record.client.bytesSent == bare.client.bytesSent, "the cost of copies is reported apart")
    }

    @Test("aggregation: far fewer records, and the law holds in counts, contents and values", arguments: [
        (.passThrough, .newest), (.summarise, .newest), (.summarise, .oldest), (.summarise, .mixedWorkload),
    ] as [(AggregatorConfiguration.Timings, DropStrategy)])
    func aggregation(timings: AggregatorConfiguration.Timings, strategy: DropStrategy) throws {
        let capture = try SyntheticCapture(lines: mixedLines(seed: 11, count: 20_000))
        for pace in [Pace.recorded, .topspeed] {
            var scenario = Self.loss(10)
            scenario.pace = pace
            let plain = try capture.replay(scenario)
            var aggregation = AggregatorConfiguration()
            aggregation.timings = timings
            aggregation.metricLimit = 300
            scenario.client.aggregation = aggregation
            scenario.client.dropStrategy = strategy
            scenario.client.bufferCapacity = pace == .topspeed ? 64 : 8192
            let record = try capture.replay(scenario)
            #expect(faults(record).isEmpty, "\(faults(record))")
            #expect(record.ledger.offered == plain.ledger.offered)
            if pace == .recorded { #expect(record.client.bytesSent < plain.client.bytesSent) }
            #expect(record.ledger[.networkLoss].counts.total > 0)
        }
    }

    @Test("without loss a server of an aggregating client computes the same sums as of a bare one")
    func sameSums() throws {
        let capture = try SyntheticCapture(lines: mixedLines(seed: 12, count: 10_000))
        var scenario = Scenario()
        scenario.client.aggregation = AggregatorConfiguration()
        scenario.client.aggregation?.timings = .summarise
        let record = try capture.replay(scenario)
        #expect(record.ledger.delivered.counts == record.ledger.offered.counts && faults(record).isEmpty)
        for metric in record.metrics {
            let difference = abs(metric.offeredValue - metric.deliveredValue)
            #expect(difference <= 1e-9 * abs(metric.offeredValue), "\(metric)")
        }
    }

    @Test("chosen packets are dropped with their copies")
    func chosen() throws {
        let capture = try SyntheticCapture(lines: mixedLines(seed: 9, count: 4000))
        var scenario = Scenario()
        scenario.client.redundancy = .all
        scenario.impairments.drop = [2...2, 5...9]
        let record = try capture.replay(scenario)
        #expect(record.gapRanges.first == [2...2, 5...9] && record.gaps.isPerfect && faults(record).isEmpty)
    }

    @Test("a metric declared critical may lose nothing: it is judged as critical, not by its type")
    func criticalMetrics() throws {
        let capture = try SyntheticCapture(lines: mixedLines(seed: 10, count: 20_000))
        var scenario = Self.loss(3)
        let plain = Judgement(try capture.replay(scenario))
        scenario.client.priorities = PriorityRules(critical: ["metric.7"])
        let record = try capture.replay(scenario)
        let declared = Judgement(record)
        let metrics = record.metrics.filter { $0.label == "metric.7" || $0.label.hasPrefix("metric.7{") }
        #expect(metrics.count > 3 && metrics.allSatisfy(\.isCritical))
        #expect(record.metrics.filter(\.isCritical).count == metrics.count)
        let offered = metrics.reduce(0) { $0 + $1.offered }
        #expect(declared.losses[3].offered == plain.losses[3].offered + offered)
        #expect(declared.losses.reduce(0) { $0 + $1.offered } == plain.losses.reduce(0) { $0 + $1.offered })
        #expect(declared.losses.reduce(0) { $0 + $1.lost } == plain.losses.reduce(0) { $0 + $1.lost })
        #expect(declared.brokenLimits.contains { $0.lossClass == .critical })
    }

    @Test("under overload each strategy loses what it says it loses", arguments: [
        (.newest, [.bufferFull]), (.oldest, [.evictedOldest]), (.mixedWorkload, [.evictedForPriority, .bufferFull]),
        (.highCardinality, [.sampledOut, .bufferFull]),
    ] as [(DropStrategy, Set<LossCause>)])
    func overload(strategy: DropStrategy, causes: Set<LossCause>) throws {
        let line = (0..<20).map { "burst.metric.\($0):1|c" }.joined(separator: "\n") + "\n_e{1,1}:a|b"
        let capture = try SyntheticCapture(lines: (0..<3000).map { (Int64($0) * 10_000_000, line) })
        var scenario = Scenario()
        scenario.pace = .topspeed
        scenario.client.bufferCapacity = 256
        scenario.client.dropStrategy = strategy
        let record = try capture.replay(scenario)
        #expect(faults(record).isEmpty, "\(faults(record))")
        let found = LossCause.allCases.filter { record.ledger[$0].counts.total > 0 }
        #expect(!found.isEmpty && causes.isSuperset(of: found), "\(found.map(\.name))")
        #expect(found.contains { $0 != .bufferFull } || strategy == .newest)
        if strategy == .mixedWorkload { #expect(record.ledger.lost.counts[.event] == 0) }
        let again = try capture.replay(scenario)
        #expect(again.ledger == record.ledger && again.metrics == record.metrics)
    }
}
