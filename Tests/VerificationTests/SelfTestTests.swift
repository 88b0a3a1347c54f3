import NetworkEmulator
import PacketCapture
import StatsModel
import ReplayEngine
import StatsPipeline
import Testing

@testable import Verification

@Suite("SelfTest") struct SelfTestTests {
    @Test("every mutation is noticed and the unbroken run raises no alarm", arguments: 1...5 as ClosedRange<UInt64>)
    func caught(seed: UInt64) throws {
        try SeedSweepTests.withCapture { capture in
            // Small packets, so that 600 events are packets enough for every tenth gap.
            var scenario = SelfTest.scenario(seed: seed)
            scenario.client.batchSize = 2
            let test = try SelfTest(captures: [capture], scenario: scenario)
            #expect(test.trials.count == Mutation.Client.allCases.count + Mutation.allCases.count)
            for trial in test.trials {
                #expect(trial.isRight, "seed \(seed), \(trial.mutation?.sentence ?? "nothing broken"): \(trial.mutationsApplied), \(trial.alarms)")
            }
            #expect(test.verdict == .verified)
            #expect(SelfTestText().lines(test)[0].hasPrefix("VERIFIED: 16 mutations"))
        }
    }

    /// The alarm that each mutation must raise. A golden file alone would show any difference.
    static let alarms: [(Mutation, String)] = [
        (.missGaps, "gap detection"), (.inventGaps, "gap detection"), (.acceptCorrupt, "law of conservation"),
        (.refuseIntact, "checksums"), (.refuseInRange, "gap detection"), (.countDuplicates, "duplicates"), (.loseEvents, "vanished without a name"),
        (.changeValues, "what the events say"), (.ignoreRequests, "events delivered"),
        (.acknowledgeMissing, "events delivered"), (.ignoreRebuilt, "gap detection"),
        (.changeRebuilt, "law of conservation"), (.countRebuiltTwice, "came from nowhere"), (.ignoreLimits, "verdict: recorded limits broken"),
    ]

    @Test("the detector concerned raises the alarm, not only a golden file", arguments: alarms.indices)
    func detector(index: Int) throws {
        let (mutation, alarm) = Self.alarms[index]
        try SeedSweepTests.withCapture { capture in
            var scenario = SelfTest.scenario(seed: 3)
            scenario.client.batchSize = 2
            let test = try SelfTest(captures: [capture], scenario: scenario)
            let trial = try #require(test.trials.first { $0.mutation == mutation })
            #expect(trial.alarms.contains { $0.contains(alarm) }, "\(trial.alarms)")
        }
    }

    @Test("a mutation without an occasion is not called caught")
    func withoutOccasion() throws {
        try SeedSweepTests.withCapture { capture in
            let test = try SelfTest(captures: [capture], scenario: Scenario())
            #expect(test.verdict == .failed)
            let idle = test.trials.filter { $0.mutationsApplied == 0 }.compactMap(\.mutation)
            #expect(idle == [
                .missGaps, .inventGaps, .acceptCorrupt, .countDuplicates, .ignoreLimits, .acknowledgeMissing, .ignoreRebuilt,
                .changeRebuilt, .countRebuiltTwice, .exaggerateTotal, .recoverTwice,
            ])
            #expect(SelfTestText().lines(test).contains { $0.contains("never had an occasion") })
        }
    }
}
