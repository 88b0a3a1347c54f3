import Foundation
import NetworkEmulator
import PacketCapture
import StatsPipeline
import StatsModel
import StatsReceiver
import TestSupport
import Testing
import Verification

@testable import ReplayEngine

/// Running totals in whole runs: never more than was really lost, whatever the network does, and all of it where nobody answers.
@Suite("running totals in runs") struct RunningTotalRunTests {
    private static func faults(_ record: RunRecord) -> [String] { Judgement(record).faults }

    /// A client that tells running totals, at times with everything else too, and a network, all drawn from the seed.
    private static func anything(_ seed: UInt64) throws -> Scenario {
        let random = KeyedRandom(seed: seed)
        func draw(_ rule: UInt64, below limit: UInt64) -> UInt64 { random.draw(rule: rule, flow: 12, sequence: 0) % limit }
        var scenario = Scenario()
        scenario.seed = seed
        scenario.client.batchSize = Int(1 + draw(1, below: 12))
        scenario.client.maximumBatchAge = .milliseconds(Int64(1 + draw(2, below: 60)))
        scenario.client.heartbeatInterval = .milliseconds(Int64(100 + draw(3, below: 1000)))
        scenario.client.reliability?.historyCapacity = [0, 0, 2048, 1 << 17][Int(draw(4, below: 4))]
        scenario.client.reliability?.criticalCapacity = [0, 4096, 1 << 18][Int(draw(5, below: 3))]
        scenario.client.reliability?.runningTotalInterval = .milliseconds(Int64(20 + draw(6, below: 500)))
        scenario.client.reliability?.runningTotalCapacity = [1024, 1024, 5][Int(draw(7, below: 3))]
        scenario.client.reliability?.lingerLimit = .seconds(2)
        if draw(8, below: 4) == 0 { scenario.client.aggregation = AggregatorConfiguration() }
        if draw(9, below: 5) == 0 { scenario.client.parity = ParityConfiguration(groupSize: 4, parityCount: 1, interleave: 2) }
        if draw(10, below: 4) == 0 { scenario.client.breaker = BreakerConfiguration() }
        if draw(11, below: 5) == 0 { scenario.client.redundancy = .critical }
        scenario.receiver.reorderLimit = .milliseconds(Int64(20 + draw(12, below: 1500)))
        scenario.impairments = anyNetwork(draw, from: 14, loss: 40)
        scenario.impairments.hasReturnPath = draw(13, below: 3) > 0
        var texts: [String] = []
        if draw(21, below: 3) == 0 { texts.append("restart@\(100 + draw(22, below: 2000))ms/\(310 + draw(23, below: 1900))ms") }
        if draw(24, below: 3) == 0 { texts.append("client-restart@\(draw(25, below: 900))ms/\(400 + draw(26, below: 900))ms") }
        if draw(27, below: 3) == 0 { texts.append("blackhole@\(draw(28, below: 2000))ms+\(100 + draw(29, below: 2000))ms") }
        scenario.impairments.failures = try texts.map { try DownstreamFault(parsing: $0) }
        return scenario
    }

    @Test("nothing is recovered that was not lost, the costs are the client's, and the run repeats", arguments: 1...150 as ClosedRange<UInt64>)
    func properties(seed: UInt64) throws {
        let scenario = try Self.anything(seed)
        let capture = try SyntheticCapture(lines: mixedLines(seed: seed, count: 2500))
        let record = try capture.replay(scenario)
        #expect(Self.faults(record).isEmpty, "seed \(seed): \(Self.faults(record)), \(scenario.arguments)")
        #expect(record.costs.runningTotals.packets == record.runningTotals.counts.packets, "seed \(seed)")
        #expect(record.costs.runningTotals.bytes == record.runningTotals.counts.byteCount, "seed \(seed)")
        #expect(record.costs.copies.bytes == record.client.copies.byteCount, "seed \(seed)")
        #expect(record.costs.retransmissions.bytes == record.repair.counts.byteCount, "seed \(seed)")
        #expect(record.runningTotals.account.contradicted == 0 && record.runningTotals.account.malformed == 0, "seed \(seed)")
        let again = try capture.replay(scenario)
        #expect(again.runningTotals == record.runningTotals && again.metrics == record.metrics, "seed \(seed)")
    }

    @Test("a client whose time to linger ends between two rounds of running totals tells both, and ends", .timeLimit(.minutes(1)))
    func lingering() throws {
        var scenario = Scenario()
        scenario.client.batchSize = 1
        scenario.client.closingCopies = 2
        scenario.client.closingInterval = .seconds(1)
        scenario.client.reliability?.historyCapacity = 0
        scenario.client.reliability?.lingerLimit = .milliseconds(300)
        scenario.client.reliability?.unansweredLimit = .milliseconds(300)
        scenario.impairments.delay = .milliseconds(600)
        scenario.impairments.drop = [2...2]
        let capture = try SyntheticCapture(lines: [(0, "a:1|c"), (5_000_000_000, "a:2|c"), (5_000_000_000, "a:3|c")])
        let record = try capture.replay(scenario)
        #expect(Self.faults(record).isEmpty && record.metrics.map(\.recovered) == [1], "\(Self.faults(record))")
        // Closing packets go out at 5 and 6 s. An answer at 6.2 s says what is lost; the time to linger ends at 6.3 s.
        #expect(record.client.end.nanoseconds > 7_000_000_000, "the second round comes an interval behind the first")
    }

    @Test("a fraction lost beside a value of 2^53 is recovered as far as sums of such values can say")
    func rounding() throws {
        var scenario = Scenario()
        scenario.client.batchSize = 1
        scenario.impairments.hasReturnPath = false
        scenario.impairments.drop = [1...1]
        let capture = try SyntheticCapture(lines: [(0, "a:0.75|c"), (1_000_000, "a:9007199254740993|c")])
        let record = try capture.replay(scenario)
        #expect(record.metrics.map(\.recovered) == [1] && record.metrics[0].recoveredValue != 0.75)
        #expect(Self.faults(record).isEmpty, "\(Self.faults(record))")
    }

    @Test("random scenarios recover increments and levels, across restarts of either end, and some totals are overtaken")
    func coverage() throws {
        var recovered = TypeCounts()
        var (restarted, overtaken): (UInt64, UInt64) = (0, 0)
        for seed in 1...40 as ClosedRange<UInt64> {
            let record = try SyntheticCapture(lines: mixedLines(seed: seed, count: 2500)).replay(try Self.anything(seed))
            recovered += record.runningTotals.recovered
            overtaken += record.runningTotals.account.overtaken
            if !record.restarts.isEmpty { restarted += record.runningTotals.recovered.total }
        }
        #expect(recovered[.counter] > 1000 && recovered[.gauge] > 20 && restarted > 100 && overtaken > 5)
    }

    @Test("where nobody answers every increment is known in the end, on every shipped capture", arguments: ShippedCaptureTests.names)
    func noReturnPath(name: String) throws {
        let identity = try CaptureIdentity(reading: Checkout.captures.appendingPathComponent(name).path)
        var scenario = Scenario()
        scenario.impairments.loss = Ratio(10, outOf: 100)
        scenario.impairments.hasReturnPath = false
        var lost: UInt64 = 0
        for seed in 1...5 as ClosedRange<UInt64> {
            scenario.seed = seed
            let record = try Replay.run(identity, scenario: scenario)
            #expect(Self.faults(record).isEmpty, "seed \(seed): \(Self.faults(record))")
            for metric in record.metrics where metric.type == .counter {
                #expect(metric.delivered + metric.recovered == metric.offered, "seed \(seed), \(metric.label)")
                let value = metric.deliveredValue + metric.recoveredValue
                #expect((value - metric.offeredValue).magnitude <= 1e-9 * max(1, metric.offeredValue.magnitude), "\(metric.label)")
                lost += metric.recovered
            }
        }
        #expect(lost > 100, "nothing was lost")
    }

    @Test("a silence longer than the history loses no increment with running totals, and loses some without")
    func silence() throws {
        let capture = try SyntheticCapture(lines: (0..<400).map { (Int64($0) * 10_000_000, "steps:\($0 % 7)|c\nlevel:\($0)|g") })
        var scenario = Scenario()
        scenario.client.batchSize = 2
        scenario.client.reliability?.historyCapacity = 1024
        scenario.impairments.failures = [try DownstreamFault(parsing: "blackhole@1s+1s")]
        let with = try capture.replay(scenario)
        #expect(Self.faults(with).isEmpty && with.repair.counts.unanswerable > 80)
        let steps = try #require(with.metrics.first { $0.type == .counter })
        #expect(steps.delivered + steps.recovered == 400 && steps.recovered > 80)
        #expect(steps.deliveredValue + steps.recoveredValue == steps.offeredValue)
        #expect(with.ledger[.networkLoss].counts[.counter] == steps.recovered, "the ledger stays as it is")
        #expect(Judgement(with).losses.first { $0.lossClass == .counter }?.lost == 0)
        scenario.client.reliability?.runningTotalCapacity = 0
        let without = try capture.replay(scenario)
        #expect(without.runningTotals.counts.packets == 0 && without.ledger == with.ledger)
        #expect(Judgement(without).losses.first { $0.lossClass == .counter }?.lost == steps.recovered)
    }
}
