import Foundation
import NetworkEmulator
import PacketCapture
import ReplayEngine
import StatsModel
import TestSupport
import Testing
import Verification

/// What gives way while a receiver fails: each strategy behind the breaker, with the clients that golden files were
/// recorded with.
@Suite("drop strategies under a failing receiver") struct DropStrategyTests {
    static func run(_ client: String, _ failure: String, seed: UInt64 = 1) throws -> RunRecord {
        let file = Checkout.root.appendingPathComponent("scripts/record/clients/\(client).yaml")
        var scenario = Scenario()
        scenario.seed = seed
        scenario.client = try ClientFile.parse(try String(contentsOf: file, encoding: .utf8), file: file.path)
        scenario.impairments.failures = [try DownstreamFault(parsing: failure)]
        let capture = Checkout.captures.appendingPathComponent("statsreplay-client.pcapng").path
        return try Replay.run(try CaptureIdentity(reading: capture), scenario: scenario)
    }

    /// Failures of which the sender learns, so that the breaker opens and events have to wait.
    static let noticed = ["refuse@1s+2s", "unreachable@1s+2s", "stall@1s+2s", "buffers@1s+2s", "restart@1s+2s"]
    /// Failures of which it learns nothing: events go out and are repaired, or come late.
    static let silent = ["blackhole@1s+2s", "slow@1s+2s:+50ms"]

    private static func lost(_ record: RunRecord, _ lossClass: LossClass) -> UInt64 {
        Judgement(record).losses[Int(lossClass.rawValue)].lost
    }

    @Test("by priority, low events give way in every failure that is noticed, and no critical one does", arguments: noticed)
    func byPriority(failure: String) throws {
        let record = try Self.run("by-priority", failure)
        #expect(Judgement(record).faults.isEmpty)
        #expect(Self.lost(record, .critical) == 0)
        #expect(record.ledger[.lowPriority].counts.total > 0 && record.ledger[.evictedForPriority].counts.total > 0)
        #expect(!record.client.transitions.isEmpty)
        // Of the counters, whose priority is high, a smaller share is lost than of timings, whose priority is low.
        let losses = Judgement(record).losses
        let counter = losses[Int(LossClass.counter.rawValue)]
        let timing = losses[Int(LossClass.timing.rawValue)]
        #expect(counter.lost * timing.offered < timing.lost * counter.offered)
    }

    @Test("other strategies lose critical events as well, each under its own name",
        arguments: [("newest", LossCause.bufferFull), ("oldest", .evictedOldest), ("sampled", .sampledOut)], noticed)
    func others(strategy: (client: String, cause: LossCause), failure: String) throws {
        let record = try Self.run(strategy.client, failure)
        #expect(Judgement(record).faults.isEmpty)
        #expect(record.ledger[strategy.cause].counts.total > 0 && Self.lost(record, .critical) > 0)
    }

    @Test("a failure that nobody notices opens no breaker, and what it took comes again",
        arguments: ["newest", "oldest", "by-priority", "sampled"], silent)
    func silence(client: String, failure: String) throws {
        let record = try Self.run(client, failure)
        #expect(Judgement(record).faults.isEmpty && Judgement(record).brokenLimits.isEmpty)
        #expect(record.client.transitions.isEmpty && LossClass.allCases.allSatisfy { Self.lost(record, $0) == 0 })
    }
}
