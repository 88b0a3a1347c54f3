import Foundation
import NetworkEmulator
import PacketCapture
import StatsModel
import ReplayEngine
import Testing

@testable import Verification

@Suite("random worlds") struct WorldTests {
    @Test("in 300 worlds law and detectors are right, and everything occurs")
    func worlds() {
        let survey = WorldSurvey(count: 300)
        for finding in survey.findings { Issue.record("seed \(finding.seed): \(finding.faults)") }
        #expect(survey.missing.isEmpty, "never occurred: \(survey.missing)")
        #expect(survey.verdict == .verified && survey.events > 100_000)
    }

    @Test("a world is its seed's: the same capture and scenario each time, and another one for another seed", arguments: [1, 2, 77] as [UInt64])
    func sameWorld(seed: UInt64) {
        let (a, b) = (World(seed: seed), World(seed: seed))
        #expect(a.scenario == b.scenario && a.excerpt.count == b.excerpt.count, "seed \(seed)")
        #expect(a.excerpt.indices.allSatisfy { a.excerpt.payload(of: $0) == b.excerpt.payload(of: $0) }, "seed \(seed)")
        #expect(a.excerpt.indices.allSatisfy { a.excerpt[$0].timestamp == b.excerpt[$0].timestamp }, "seed \(seed)")
        #expect(World(seed: seed + 1).scenario != a.scenario, "seed \(seed)")
    }

    @Test("what a survey says does not depend on which thread took which world, nor on where it began")
    func order() {
        let whole = WorldSurvey(count: 48, seed: 100, mutation: .loseEvents)
        let parts = [WorldSurvey(count: 24, seed: 100, mutation: .loseEvents), WorldSurvey(count: 24, seed: 124, mutation: .loseEvents)]
        #expect(whole.findings.map(\.seed) == parts.flatMap { $0.findings.map(\.seed) } && !whole.findings.isEmpty)
        #expect(whole.occurrences == zip(parts[0].occurrences, parts[1].occurrences).map(+))
        #expect(whole.events == parts[0].events + parts[1].events)
    }

    /// All but the judge that ignores limits, of which worlds say nothing, and two that change nothing but what is lost.
    static let visible = Mutation.allCases.filter { ![.ignoreLimits, .ignoreRequests, .acknowledgeMissing].contains($0) }

    /// The first of 300 worlds in which this breaks the law or a detector.
    static func first(_ mutation: Mutation) -> WorldTrial? {
        for seed in 1...300 as ClosedRange<UInt64> {
            let trial = WorldTrial(World(seed: seed), mutation: mutation)
            if !trial.reasons.isEmpty { return trial }
        }
        return nil
    }

    @Test("whatever is broken on purpose shows in some world", arguments: visible)
    func mutation(_ mutation: Mutation) {
        #expect(Self.first(mutation) != nil, "\(mutation.sentence)")
    }

    @Test("limits of loss decide nothing")
    func limits() throws {
        let worlds = (1...40).map { WorldTrial(World(seed: $0)) }
        #expect(worlds.contains { !Judgement($0.record).brokenLimits.isEmpty })
        #expect(worlds.allSatisfy { $0.faults.isEmpty && $0.reasons.isEmpty })
    }

    @Test("fewer worlds than 300 need not show everything; that many must")
    func missing() {
        #expect(WorldSurvey(count: 2).missing.isEmpty)
        #expect(WorldFact.all.map { "\($0.group) \($0.name)" }.count == Set(WorldFact.all.map { "\($0.group) \($0.name)" }).count)
    }

    @Test("a scenario that a command line misreads is reported, with the world")
    func misreading() {
        let survey = WorldSurvey(count: 32, seed: 1) { _ in "it does not read back" }
        #expect(survey.findings.map(\.seed) == [16, 32])
        #expect(survey.findings.allSatisfy { $0.faults == ["command line: it does not read back"] && $0.kind == "command line" })
        let text = WorldText().lines(survey)
        #expect(text[0].hasPrefix("FAILED: something is wrong in 2 of 32 worlds"))
        #expect(text.contains("  the world: statsreplay selftest --worlds 1 --seed 16"))
    }
}
