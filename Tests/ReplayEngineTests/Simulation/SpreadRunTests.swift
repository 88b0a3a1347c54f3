import NetworkEmulator
import StatsPipeline
import StatsModel
import StatsReceiver
import StatsWire
import Testing
import Verification

@testable import ReplayEngine

/// Whole runs in which more packets are under way than the receiver's window holds.
@Suite("Spreads beyond the receiver's window") struct SpreadRunTests {
    private static func scenario(_ seed: UInt64, _ preset: ClientPreset) -> Scenario {
        var scenario = Scenario()
        scenario.seed = seed
        scenario.pace = .topspeed
        scenario.client = preset.configuration
        scenario.client.batchSize = 1
        scenario.client.minimumBatchSize = nil
        scenario.client.bufferCapacity = 1 << 15
        scenario.receiver.window = 4096
        scenario.impairments.delay = .seconds(1)
        scenario.impairments.jitter = .milliseconds(Int64(5 + seed * 40))
        scenario.impairments.duplicate = Ratio(30, outOf: 100)
        return scenario
    }

    private static func lines(_ count: Int) -> [(time: Int64, text: String)] {
        (0..<count).map { number in
            let text: String
            if number % 50 == 0 {
                text = "_e{1,1}:a|b"
            } else {
                text = number % 3 == 0 ? "t:\(number)|ms" : "c.\(number % 7):\(number)|c"
            }
            return (Int64(number) * 1000, text)
        }
    }

    @Test("nothing counts twice and nothing vanishes: the law holds and the detectors are exact",
        arguments: [ClientPreset.bare, .standard, .parity], [1, 4, 12] as [UInt64])
    func law(preset: ClientPreset, seed: UInt64) throws {
        var scenario = Self.scenario(seed, preset)
        if seed == 12 { scenario.impairments.loss = Ratio(5, outOf: 100) }
        let capture = try SyntheticCapture(lines: Self.lines(8000))
        let record = try capture.replay(scenario)
        #expect(Judgement(record).faults.isEmpty, "\(preset), seed \(seed): \(Judgement(record).faults)")
        #expect(record.packets.refused > 0 && record.ledger[.outOfRange].counts.total == record.packets.refused, "seed \(seed)")
        #expect(record.duplicates.outsideWindow > 0 && record.duplicates.found > 0, "seed \(seed): \(record.duplicates)")
        #expect(record.gaps.injected >= record.packets.refused, "seed \(seed): \(record.gaps)")
        #expect(record.session?.restarts == 0, "seed \(seed)")
    }

    @Test("behind an outage longer than the receiver believes in one step, what it passed over is outside the window")
    func outage() throws {
        var scenario = Scenario()
        scenario.client = ClientPreset.bare.configuration
        scenario.client.batchSize = 1
        scenario.receiver.window = 4096
        scenario.receiver.maximumJump = 4096
        scenario.impairments.failures = [try DownstreamFault(parsing: "blackhole@1ms+12ms")]
        scenario.impairments.duplicate = Ratio(100, outOf: 100)
        let capture = try SyntheticCapture(lines: Self.lines(9000))
        let record = try capture.replay(scenario)
        #expect(Judgement(record).faults.isEmpty, "\(Judgement(record).faults)")
        #expect(record.gaps.outsideWindow > 4096, "\(record.gaps)")
        #expect(record.gaps.description.contains("outside the window"))
        #expect(record.session?.restarts == 1)
    }

    @Test("a session that ends for the receiver while its packets are under way is not counted again")
    func clientRestarts() throws {
        for seed in 1...6 as ClosedRange<UInt64> {
            var scenario = Self.scenario(seed, seed % 2 == 0 ? .bare : .standard)
            scenario.pace = .recorded
            scenario.impairments.jitter = .seconds(14)
            scenario.impairments.delay = .seconds(15)
            scenario.impairments.failures = [try DownstreamFault(parsing: "client-restart@3s")]
            let lines = (0..<600).map { number -> (time: Int64, text: String) in (Int64(number) * 10_000_000, "c:1|c") }
            let record = try SyntheticCapture(lines: lines).replay(scenario)
            #expect(Judgement(record).faults.isEmpty, "seed \(seed): \(Judgement(record).faults)")
        }
    }

    @Test("a receiver that refuses what lies in its window is noticed")
    func refusesInRange() throws {
        var scenario = Scenario()
        scenario.client = ClientPreset.bare.configuration
        scenario.client.batchSize = 1
        let capture = try SyntheticCapture(lines: Self.lines(600))
        let record = try Replay.run(CaptureIdentity(reading: capture.path), scenario: scenario, mutation: .refuseInRange)
        #expect(record.mutationsApplied > 0 && record.gaps.falseAlarms == record.mutationsApplied)
    }

    @Test("a score says outside the window in words of its own, and only where there is any")
    func words() {
        var score = DetectorScore()
        score.injected = 9
        score.found = 4
        #expect(score.description == "9 injected, 4 found, 5 missed, 0 false")
        score.undetectable = 2
        score.outsideWindow = 3
        #expect(score.missed == 0 && score.isPerfect)
        #expect(score.description == "9 injected, 4 found, 0 missed, 2 undetectable, 3 outside the window, 0 false")
    }

    @Test("a refused packet is a gap: found where it was given up before or is afterwards, missed where it never is")
    func refused() {
        var configuration = ReceiverConfiguration()
        configuration.window = 4096
        var score = GapScore(receiver: configuration)
        score.recordIntact(10_000)
        score.recordFound(3...4)
        score.recordRefused(3, isSure: true)
        score.recordRefused(5, isSure: true)
        score.recordRefused(6, isSure: true)
        score.recordFound(5...5)
        #expect(score.score.injected == 3 && score.score.found == 2 && score.score.missed == 1 && score.score.falseAlarms == 1)
        // A number in the window is no reason.
        score.recordRefused(9000, isSure: true)
        #expect(score.score.injected == 3 && score.score.falseAlarms == 2)
    }

    @Test("numbers stand once in a set, dense or far")
    func numbers() {
        var set = NumberSet()
        for number in [1, 64, 63, 1 << 40, .max, 0, 1] as [UInt64] { _ = set.insert(number) }
        let isNew = [set.insert(1), set.insert(2), set.insert(1 << 40), set.insert(1 << 41)]
        #expect(isNew == [false, true, false, true])
        set.remove(64)
        set.remove(1 << 40)
        #expect(!set.contains(64) && set.contains(63) && !set.contains(1 << 40) && set.contains(.max) && !set.contains(65))
    }
}
