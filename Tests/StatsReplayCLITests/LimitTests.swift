import Foundation
import TestSupport
import Testing

@testable import StatsReplayCLI

/// A capture of 3000 counters `web.requests`, timings `web.latency` and gauges `web.users`.
@Suite("limits of loss, as typed") struct LimitTests {
    private static let lossy = ["captures/sample.pcap", "--client", "bare", "--loss", "3%"]
    private static let loose = ["--limit", "counter=100%", "--limit", "gauge=100%", "--limit", "timing=100%"]

    @Test("the limits of the command decide, and the command it prints repeats the run with them")
    func run() throws {
        let project = try Project()
        let held = try project.statsreplay(["run"] + Self.lossy + Self.loose + ["--limit", "web.*=10%"])
        #expect(held.status == 0 && held.output.contains("of 9000, 3 metrics), limit < 10 %: holds"), "\(held.output)")
        let repeated = "repeat: statsreplay run captures/sample.pcap --client bare --loss 3% --limit counter=100% --limit gauge=100%"
            + " --limit timing=100% --limit 'web.*=10%' --seed 1"
        #expect(held.output.contains(repeated), "\(held.output)")
        let broken = try project.statsreplay(["run"] + Self.lossy + Self.loose + ["--limit", "web.l*=0%", "--limit", "web.*=10%", "--json"])
        let limits = try #require(try broken.run()["limits"] as? [[String: Any]])
        #expect(broken.status == 1 && limits.map { $0["pattern"] as? String } == ["web.*", "web.l*"])
        #expect(limits.map { $0["ok"] as? Bool } == [true, false] && limits.map { $0["metrics"] as? Int } == [3, 1])
        #expect(limits.map { $0["offered"] as? Int } == [9000, 3000] && limits.map { $0["limit_percent"] as? Double } == [10, 0])
        let loss = try #require(try broken.run()["loss"] as? [String: [String: Any]])
        #expect(Set(loss.keys) == ["counter", "gauge", "timing", "critical"] && loss["timing"]?["limit_percent"] as? Double == 100)
        #expect(try project.run("captures/sample.pcap", "--json").run()["limits"] as? [String] == [])
    }

    @Test("a limit without a metric in any run is refused by name, with exit code 64, and nothing is recorded")
    func unmatched() throws {
        let project = try Project(datagrams: 300)
        let sentence = "the limit of 'wed.*' matches no metric of any run"
        let words = ["captures/sample.pcap", "--limit", "wed.*=0%", "--limit", "web.*=5%"]
        for command in [["run"], ["run", "--seeds", "1..3"], ["run", "--update"], ["tolerate"], ["minimize"]] {
            let outcome = try project.statsreplay(command + words)
            #expect(outcome.status == 64 && outcome.errors.contains(sentence), "\(command): \(outcome.status) \(outcome.errors)")
            #expect(!outcome.output.contains("VERIFIED"), "\(outcome.output)")
        }
        #expect(project.goldenFiles().isEmpty)
        let report = try project.statsreplay(["run", "--json"] + words)
        let faults = try report.json()["faults"] as? [String]
        #expect(faults?.count == 1 && faults?.first?.hasPrefix(sentence) == true)
        #expect(try project.run("captures/sample.pcap", "--limit", "critical=50%").status == 0, "a class that does not occur is no error")
    }

    @Test("of several captures one with the metric is enough")
    func several() throws {
        let project = try Project(datagrams: 300)
        let other = try Project(datagrams: 100)
        var bytes = try Data(contentsOf: URL(fileURLWithPath: other.folder + "/captures/sample.pcap"))
        while let range = bytes.firstRange(of: Data("web.users".utf8)) { bytes.replaceSubrange(range, with: Data("api.users".utf8)) }
        try bytes.write(to: URL(fileURLWithPath: project.folder + "/captures/api.pcap"))
        for command in [["run"], ["run", "--seeds", "1..3"], ["tolerate", "--seeds", "1"]] {
            let both = try project.statsreplay(command + ["--limit", "api.*=1%"])
            #expect(both.status == 0, "\(command): \(both.output)\(both.errors)")
            let alone = try project.statsreplay(command + ["captures/sample.pcap", "--limit", "api.*=1%"])
            #expect(alone.status == 64, "\(command): \(alone.output)\(alone.errors)")
        }
    }

    @Test("many seeds and their clients are compared by the limits of patterns too")
    func seeds() throws {
        let project = try Project(datagrams: 500)
        let words = ["run", "--loss", "10%", "--seeds", "1..4", "--client", "standard", "--client", "bare", "--limit", "web.l*=0%"]
        let outcome = try project.statsreplay(words)
        #expect(outcome.status == 1 && outcome.output.contains("critical  web.l*  overhead"), "\(outcome.output)")
        #expect(outcome.output.contains("web.l*    4 of 4 broke 0 %"), "\(outcome.output)")
        let report = try project.statsreplay(words + ["--json"]).json()
        let sweeps = try #require(report["captures"] as? [[String: Any]])
        let limit = try #require((sweeps[1]["limits"] as? [String: [String: Any]])?["web.l*"])
        #expect(limit["broken"] as? Int == 4 && limit["limit_percent"] as? Double == 0)
    }

    @Test("minimize keeps the one limit that breaks, and its command fails for it")
    func minimize() throws {
        let project = try Project(datagrams: 500)
        let outcome = try project.statsreplay(
            ["minimize"] + Self.lossy + ["--limit", "web.l*=0%", "--limit", "web.u*=0%", "--reason", "limit:web.l*", "--json"])
        let report = try outcome.json()
        #expect(outcome.status == 0 && report["reason"] as? String == "limit:web.l*", "\(outcome.output)\(outcome.errors)")
        let command = "statsreplay run sample.min.pcapng --client bare --drop 1 --limit 'web.l*=0%' --seed 1 --golden none"
        #expect(report["command"] as? String == command)
        let again = try project.run("sample.min.pcapng", "--client", "bare", "--drop", "1", "--limit", "web.l*=0%", "--golden", "none")
        #expect(again.status == 1 && again.output.contains("web.l*    100.00 % (1 of 1, 1 metric), limit 0 %: BROKEN"), "\(again.output)")
        #expect(try project.statsreplay(["minimize"] + Self.lossy + ["--reason", "limit:web.l*"]).status == 64)
    }

    @Test("a golden file holds the limits: a run with others is another scenario, and a broken one is verified where it is recorded")
    func golden() throws {
        let project = try Project()
        let words = Self.lossy + Self.loose + ["--limit", "web.l*=0%"]
        #expect(try project.statsreplay(["run"] + words + ["--update"]).status == 0)
        let name = "sample-client-bare-loss-3-limit-counter-100-limit-gauge-100-limit-timing-100-limit-web.l-0.yaml"
        #expect(project.goldenFiles() == [name])
        let again = try project.statsreplay(["run"] + words)
        #expect(again.status == 0 && again.output.contains("which expects the limits of web.l* to break"), "\(again.output)")
        #expect(try project.run().status == 0)
        #expect(try project.statsreplay(["run"] + Self.lossy).status == 1, "standard limits have no golden file")
        let small = try project.statsreplay(["minimize", "golden/\(name)", "--reason", "limit:web.l*"])
        #expect(small.status == 0 && small.output.contains("--limit 'web.l*=0%'"), "\(small.output)\(small.errors)")
        #expect(try project.statsreplay(["minimize", "golden/\(name)", "--reason", "limit:web.x"]).status == 64)
        try project.edit(name, "      web.l*: 0%", "      wed.l*: 0%")
        let unmatched = try project.run()
        #expect(unmatched.status == 64 && unmatched.errors.contains("the limit of 'wed.l*' matches no metric"), "\(unmatched.errors)")
    }

    @Test("golden files of the format before are refused, and the command that is named rewrites them in place")
    func older() throws {
        let project = try Project(datagrams: 300)
        _ = try project.run("--loss", "3%", "--update")
        _ = try project.run("captures/sample.pcap", "--update")
        let folder = project.folder + "/golden/"
        let texts = try project.goldenFiles().map { try String(contentsOfFile: folder + $0, encoding: .utf8) }
        let limits = "  loss_limits:\n    counter: 5%\n    gauge: 2%\n    timing: 1%\n    critical: 0%\n    patterns: none\n"
        for name in project.goldenFiles() {
            try project.edit(name, limits, "")
            try project.edit(name, "format: 2", "format: 1")
        }
        try FileManager.default.moveItem(atPath: folder + "sample.yaml", toPath: folder + "of-old.yaml")
        let refused = try project.run()
        #expect(refused.status == 1 && refused.output.contains("golden/of-old.yaml: format 1 is older than this version's 2"), "\(refused.output)")
        #expect(refused.output.contains("`statsreplay run --update`") && !refused.output.contains("no golden file"))
        #expect(try project.statsreplay(["minimize", "golden/of-old.yaml"]).status == 65)
        let one = try project.run("captures/sample.pcap", "--update")
        #expect(one.status == 1 && one.output.contains("golden/sample-loss-3.yaml: format 1 is older"), "the other one is still refused")
        let all = try project.run("--update")
        #expect(all.status == 0 && all.output.hasPrefix("VERIFIED: 2 runs"), "\(all.output)")
        #expect(project.goldenFiles() == ["of-old.yaml", "sample-loss-3.yaml"])
        #expect(try String(contentsOfFile: folder + "of-old.yaml", encoding: .utf8) == texts[1])
        #expect(try String(contentsOfFile: folder + "sample-loss-3.yaml", encoding: .utf8) == texts[0])
        #expect(try project.run(environment: ["CI": "true"]).status == 0)
    }
}
