import Foundation
import PacketCapture
import StatsModel
import ReplayEngine
import StatsPipeline
import TestSupport
import Testing

@testable import Verification

@Suite("failing worlds, made small") struct WorldMinimizationTests {
    static func first(_ mutation: Mutation) throws -> WorldTrial { try #require(WorldTests.first(mutation)) }

    @Test(
        "a broken harness comes down to few events and faults, and fails for the same reason",
        arguments: [Mutation.countDuplicates, .acceptCorrupt, .countRebuiltTwice])
    func small(mutation: Mutation) throws {
        let finding = try Self.first(mutation)
        let world = try #require(WorldMinimization(seed: finding.seed, mutation: mutation))
        #expect(world.reason == finding.reasons[0])
        let smallest = world.result.smallest
        #expect(Judgement(smallest).reasons.contains(world.reason), "seed \(finding.seed)")
        #expect(smallest.ledger.offered.counts.total <= 8 && world.result.excerpt.count <= 8, "seed \(finding.seed)")
        #expect(smallest.scenario.impairments.faultCount(sent: smallest.packets.sent) <= 3, "seed \(finding.seed)")
        #expect(smallest.scenario.settings.count <= 2, "seed \(finding.seed): \(smallest.scenario.settings)")
    }

    @Test("what is written gives the same run: from a command where it can be said, else from a golden file")
    func written() throws {
        let temporary = try TemporaryFolder()
        let folder = temporary.path
        let finding = try Self.first(.countDuplicates)
        let world = try #require(WorldMinimization(seed: finding.seed, mutation: .countDuplicates))
        try world.write(to: folder, application: "statsreplay test")
        let place = "\(folder)/world-\(finding.seed)"
        let capture = try CaptureIdentity(reading: "\(place)/world-\(finding.seed).pcapng")
        let again = try Replay.run(capture, scenario: world.result.scenario, mutation: .countDuplicates)
        #expect(again.ledger == world.result.smallest.ledger && Judgement(again).reasons.contains(world.reason))
        #expect(world.command(in: folder).contains(where: { $0.hasPrefix(place) }))
    }

    @Test("a client's file says what differs, and reads back as the client", arguments: 1...200 as ClosedRange<UInt64>)
    func clientFile(seed: UInt64) throws {
        let client = World(seed: seed).scenario.client
        let text = ClientFile.text(of: client)
        #expect(try ClientFile.parse(text, file: "client.yaml") == client, "seed \(seed): \(text)")
    }

    @Test("settings left out are the standard scenario's, those kept stay", arguments: 1...100 as ClosedRange<UInt64>)
    func settings(seed: UInt64) throws {
        let scenario = World(seed: seed).scenario
        #expect(scenario.keeping(Set(scenario.settings)) == scenario, "seed \(seed)")
        let plain = try #require(scenario.keeping([]))
        #expect(plain.settings.isEmpty && plain.client == .standard, "seed \(seed)")
        for setting in scenario.settings {
            guard let one = scenario.keeping([setting]) else { continue }
            #expect(one.settings == [setting], "seed \(seed)")
        }
    }

    @Test("a world that is right is not made small")
    func right() { #expect(WorldMinimization(seed: 1) == nil) }
}
