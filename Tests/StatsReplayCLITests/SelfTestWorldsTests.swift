import ArgumentParser
import ReplayEngine
import TestSupport
import Testing

@testable import StatsReplayCLI

@Suite("selftest --worlds, as typed") struct SelfTestWorldsTests {
    @Test("every scenario reads back from the words that state it", arguments: 0..<10)
    func words(block: Int) {
        for seed in UInt64(block * 30 + 1)...UInt64(block * 30 + 30) {
            #expect(SelfTestCommand.misreading(World(seed: seed).scenario) == nil, "seed \(seed)")
        }
    }

    @Test("a few worlds, for people and for machines, and twice the same")
    func report() throws {
        let project = try Project()
        let words = ["selftest", "--worlds", "6", "--seed", "40"]
        let outcomes = try [words, words].map { try project.statsreplay($0) }
        #expect(outcomes[0].status == 0 && outcomes[0].errors.isEmpty, "\(outcomes[0].errors)")
        #expect(outcomes[0].output.hasPrefix("VERIFIED: 6 worlds, law and detectors right in each (seeds 40...45, "))
        #expect(outcomes[0].output == outcomes[1].output)
        let report = try project.statsreplay(words + ["--json"]).json()
        #expect(report["verdict"] as? String == "verified" && report["worlds"] as? Int == 6 && report["seed"] as? Int == 40)
        let faults = try #require((report["occurred"] as? [String: [String: Int]])?["fault"])
        #expect(faults.count > 30 && faults["loss: gemodel"] != nil)
    }

    @Test(
        "what makes no sense is refused as usage",
        arguments: [
            ["--worlds", "0"], ["--worlds", "-3"], ["--worlds", "x"], ["--worlds", "200000000"], ["my.pcapng", "--worlds", "3"],
            ["--capture-folder", "x", "--worlds", "3"], ["--output", "x"],
        ])
    func usage(words: [String]) throws {
        let outcome = try Project().statsreplay(["selftest"] + words)
        #expect(outcome.status == 64 && outcome.errors.contains("--"), "\(outcome.errors)")
    }

    @Test("help tells how a world is repeated")
    func help() throws {
        #expect(SelfTestCommand.helpMessage().contains("statsreplay selftest --worlds 1 --seed 4711"))
    }
}
