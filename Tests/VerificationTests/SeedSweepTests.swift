import Foundation
import NetworkEmulator
import PacketCapture
import StatsModel
import ReplayEngine
import StatsPipeline
import Synchronization
import TestSupport
import Testing

@testable import Verification

@Suite("SeedRange") struct SeedRangeTests {
    @Test("a range reads as people write it", arguments: [
        ("1..200", 1...200), ("1...200", 1...200), ("7-9", 7...9), ("5", 1...5), ("3..3", 3...3),
        ("18446744073709551614..18446744073709551615", .max - 1 ... .max),
    ] as [(String, ClosedRange<UInt64>)])
    func reading(text: String, seeds: ClosedRange<UInt64>) throws {
        let range = try SeedRange(parsing: text)
        #expect(range.seeds == seeds)
        #expect(try SeedRange(parsing: range.description) == range)
    }

    @Test("what is no range, empty, or too long is refused", arguments: [
        "", "0", "a", "1..", "..5", "5..1", "1..2..3", "-1", "1..1000001", "1..18446744073709551616", " 1..2",
    ])
    func refusals(text: String) {
        #expect(throws: UnitError.self) { try SeedRange(parsing: text) }
    }
}

@Suite("BinomialInterval") struct BinomialIntervalTests {
    /// Clopper and Pearson's limits, as R's binom.test prints them.
    static let table: [(Int, Int, Double, Double)] = [
        (0, 10, 0, 0.3084971), (1, 10, 0.002528579, 0.4450161), (5, 10, 0.1870860, 0.8129140), (10, 10, 0.6915029, 1),
        (0, 200, 0, 0.01827518), (0, 1, 0, 0.975), (1, 1, 0.025, 1),
    ]

    @Test("the limits are those of the tables", arguments: table.indices)
    func limits(index: Int) {
        let (broken, runs, lower, upper) = Self.table[index]
        let interval = BinomialInterval(broken: broken, runs: runs)
        #expect(abs(interval.lower - lower) < 2e-6 && abs(interval.upper - upper) < 2e-6, "\(interval)")
    }

    @Test("either bound leaves two and a half percent beyond it, for small and large numbers", arguments: [
        (3, 40), (18, 200), (500, 1000), (999, 1000), (20_000, 100_000),
    ])
    func tails(broken: Int, runs: Int) {
        let interval = BinomialInterval(broken: broken, runs: runs)
        #expect(abs(BinomialInterval.atMost(broken, of: runs, share: interval.upper) - 0.025) < 1e-6)
        #expect(abs(BinomialInterval.atMost(broken - 1, of: runs, share: interval.lower) - 0.975) < 1e-6)
        let mirror = BinomialInterval(broken: runs - broken, runs: runs)
        #expect(abs(mirror.upper - (1 - interval.lower)) < 1e-9, "breaking and holding are the same question")
    }
}

@Suite("SeedSweep") struct SeedSweepTests {
    /// 200 datagrams of a counter, a timing and an event each, as a capture file that is gone afterwards.
    static func withCapture<Result>(_ body: (CaptureIdentity) throws -> Result) throws -> Result {
        let folder = try TemporaryFolder()
        return try body(try CaptureIdentity(reading: try folder.write(SampleCapture.bytes(datagrams: 200), to: "sweep.pcap")))
    }

    @Test("each seed's outcome is that of its own run, whichever thread took it")
    func outcomes() throws {
        try Self.withCapture { capture in
            var scenario = Scenario()
            scenario.client = .bare
            scenario.impairments.loss = Ratio(20, outOf: 100)
            let calls = Mutex<[Int]>([])
            let sweep = try SeedSweep(capture, scenario: scenario, seeds: SeedRange(5...24)) { done in
                calls.withLock { $0.append(done) }
            }
            #expect(sweep.outcomes.map(\.seed) == Array(5...24) && sweep.sourceError == nil)
            #expect(calls.withLock { $0.sorted() } == Array(1...20))
            for outcome in sweep.outcomes {
                scenario.seed = outcome.seed
                #expect(outcome == SeedOutcome(try Replay.run(capture, scenario: scenario)))
            }
            let lost = sweep.outcomes.map { $0.losses[3].lost }
            #expect(sweep.verdict == .failed && sweep.faulty.isEmpty && Set(lost).count > 1)
            let critical = sweep.limits[3]
            #expect(critical.interval.broken == lost.count { $0 > 0 } && critical.offered == 200)
            let worst = try #require(sweep.worst)
            #expect(worst.losses[3].lost == lost.max(), "nothing weighs more than a critical event lost")
            #expect(sweep.command(seed: worst.seed).hasSuffix("--client bare --loss 20% --seed \(worst.seed)"))
        }
    }

    @Test("a pattern's limit is counted over the seeds like a class's")
    func patterns() throws {
        try Self.withCapture { capture in
            var scenario = Scenario()
            scenario.client = .bare
            scenario.impairments.loss = Ratio(10, outOf: 100)
            scenario.lossLimits = try LossLimits(parsing: ["b.*=100%", "a.count=0%", "counter=100%", "timing=100%", "critical=100%"])
            let sweep = try SeedSweep(capture, scenario: scenario, seeds: SeedRange(1...8))
            #expect(sweep.limits.map(\.limit.subject.name) == ["counter", "gauge", "timing", "critical", "a.count", "b.*"])
            #expect(sweep.limits.map(\.interval.broken) == [0, 0, 0, 0, 8, 0] && sweep.verdict == .failed)
            #expect(sweep.limits[4].medianPercent == sweep.limits[0].medianPercent && sweep.limits[4].offered == 200)
            #expect(sweep.worst.map { sweep.command(seed: $0.seed) }?.contains("--limit a.count=0% --limit 'b.*=100%'") == true)
        }
    }

    @Test("without loss every limit holds in every run, and the bound says what that proves")
    func holding() throws {
        try Self.withCapture { capture in
            let sweep = try SeedSweep(capture, scenario: Scenario(), seeds: SeedRange(1...200))
            #expect(sweep.verdict == .verified && sweep.limits.allSatisfy { $0.interval.broken == 0 })
            var request = RunRequest()
            request.captures = [capture.path, capture.path + "-missing"]
            let suite = try SweepSuite(request, seeds: SeedRange(1...3))
            #expect(suite.verdict == .unverified && suite.unreadable.count == 1 && suite.runCount == 3)
            let text = SweepText().lines(suite).joined(separator: "\n")
            #expect(text.hasPrefix("UNVERIFIED: 3 runs") && text.contains("0 of 3 broke 5 %; at 95 %: at most 70.8 % do"))
        }
    }

    @Test("a run whose law broke is named before any broken limit")
    func faults() throws {
        var record = sampleRecord()
        let sound = SeedOutcome(record)
        record.ledger.offered.add(.counter, content: 0)
        #expect(sound.faults.isEmpty && !SeedOutcome(record).faults.isEmpty)
    }
}
