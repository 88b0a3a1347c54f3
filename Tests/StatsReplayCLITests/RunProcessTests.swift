import Foundation
import SystemIO
import TestSupport
import Testing

@testable import StatsReplayCLI

/// A project folder with one capture of plain StatsD, made for one test, and the built program run in it.
struct Project: ~Copyable {
    private let temporary: TemporaryFolder
    var folder: String { temporary.path }

    init(datagrams: Int = 3000) throws {
        let temporary = try TemporaryFolder()
        try FileSystem.createFolder(temporary.path("captures"))
        try temporary.write([UInt8](Self.capture(datagrams)), to: "captures/sample.pcap")
        self.temporary = temporary
    }

    /// Counters and timings, 1 ms apart: pcap, Ethernet, IPv4, UDP to port 8125.
    static func capture(_ datagrams: Int) -> Data {
        var bytes = little(0xA1B2_C3D4, 4) + little(2, 2) + little(4, 2) + little(0, 8) + little(262_144, 4) + little(1, 4)
        for number in 0..<datagrams {
            let payload = Array("web.requests:1|c|#host:a\nweb.latency:\(number % 97).5|ms\nweb.users:\(number)|g".utf8)
            var frame: [UInt8] = Array(repeating: 2, count: 12) + [8, 0, 0x45, 0] + big(28 + payload.count)
            frame += [0, 1, 0, 0, 64, 17, 0, 0, 127, 0, 0, 1, 127, 0, 0, 1] + big(40_000) + big(8125)
            frame += big(8 + payload.count) + [0, 0] + payload
            bytes += little(1_700_000_000 + number / 1000, 4) + little(number % 1000 * 1000, 4)
            bytes += little(frame.count, 4) + little(frame.count, 4) + frame
        }
        return Data(bytes)
    }

    private static func little(_ number: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    }

    private static func big(_ number: Int) -> [UInt8] { little(number, 2).reversed() }

    /// Runs `statsreplay run WORDS` in the folder.
    func run(_ words: String..., environment: [String: String] = [:]) throws -> ExternalProgram.Outcome {
        try statsreplay(["run"] + words, environment: environment)
    }

    /// Runs `statsreplay WORDS` in the folder.
    func statsreplay(_ words: [String], environment: [String: String] = [:]) throws -> ExternalProgram.Outcome {
        try CaptureProcess.statsreplay.run(words, in: folder, environment: Self.environment(environment))
    }

    /// The variables of the tests without those that the program reads, and with `changes`.
    static func environment(_ changes: [String: String]) -> [String: String] {
        var variables = ProcessInfo.processInfo.environment
        for name in ["CI", "STATSREPLAY_HOME"] { variables[name] = nil }
        return variables.merging(changes) { $1 }
    }

    func goldenFiles() -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder + "/golden")) ?? []).sorted()
    }

    /// Changes the text of a golden file by hand.
    func edit(_ name: String, _ old: String, _ new: String) throws {
        let path = folder + "/golden/" + name
        let text = try String(contentsOfFile: path, encoding: .utf8)
        #expect(text.contains(old), "\(name) does not hold '\(old)'")
        try text.replacing(old, with: new).write(toFile: path, atomically: true, encoding: .utf8)
    }
}

extension ExternalProgram.Outcome {
    /// The JSON object that was printed.
    func json() throws -> [String: Any] {
        let object = try JSONSerialization.jsonObject(with: Data(output.utf8))
        return try #require(object as? [String: Any])
    }

    /// The first run of the report.
    func run() throws -> [String: Any] {
        let runs = try #require(try json()["runs"] as? [[String: Any]])
        return try #require(runs.first)
    }
}

@Suite("run, as typed") struct RunProcessTests {
    @Test("a perfect network verifies without a golden file, with a remark how to record one")
    func perfect() throws {
        let project = try Project()
        let outcome = try project.run("captures/sample.pcap")
        #expect(outcome.status == 0 && outcome.output.hasPrefix("VERIFIED: 1 run, 9000 events"))
        #expect(outcome.output.contains("no golden file: record it with `statsreplay run captures/sample.pcap --seed 1 --update`"))
        #expect(!outcome.output.contains("\u{1B}["), "colours belong on a terminal only")
    }

    @Test("loss breaks the limits: failed without a golden file, unverified in CI, verified once recorded")
    func lifecycle() throws {
        let project = try Project()
        let failed = try project.run("--loss", "3%", "--client", "bare")
        #expect(failed.status == 1 && failed.output.contains("BROKEN"))
        let inCI = try project.run("--loss", "3%", "--client", "bare", "--json", environment: ["CI": "true"])
        let verdict = try inCI.json()["verdict"] as? String
        #expect(inCI.status == 2 && verdict == "unverified" && project.goldenFiles().isEmpty)
        #expect(try project.run("--loss", "3%", "--client", "bare", "--update").status == 0)
        #expect(project.goldenFiles() == ["sample-client-bare-loss-3.yaml"])
        #expect(try project.run("--loss", "3%", "--client", "bare", environment: ["CI": "true"]).status == 0)
        #expect(try project.run(environment: ["CI": "true"]).status == 0)
        #expect(try project.run("--loss", "3%", "--update", environment: ["CI": "true"]).status == 64)
    }

    @Test("a golden number edited by hand fails with a diff, names how to accept it, and CI writes nothing")
    func edited() throws {
        let project = try Project()
        _ = try project.run("--loss", "3%", "--update")
        let sent = try #require((try project.run("--loss", "3%", "--json").run()["packets"] as? [String: Any])?["sent"] as? Int)
        try project.edit("sample-loss-3.yaml", "sent: \(sent)\n", "sent: \(sent + 2)\n")
        let inCI = try project.run(environment: ["CI": "true"])
        #expect(inCI.status == 1 && inCI.output.contains("packets sent: 2 fewer (recorded \(sent + 2), now \(sent))"))
        #expect(project.goldenFiles() == ["sample-loss-3.yaml"])
        let outside = try project.run()
        #expect(outside.status == 1 && outside.output.contains("--update`"))
        #expect(project.goldenFiles() == ["sample-loss-3.actual.yaml", "sample-loss-3.yaml"])
        #expect(try project.run("--loss", "3%", "--update").status == 0)
        #expect(project.goldenFiles() == ["sample-loss-3.yaml"])
    }

    @Test("a golden file without its capture, a changed capture and a broken golden file are each named")
    func named() throws {
        let project = try Project()
        _ = try project.run("--loss", "3%", "--update")
        let captures = project.folder + "/captures/"
        try Project.capture(2999).write(to: URL(fileURLWithPath: captures + "sample.pcap"))
        let changed = try project.run()
        #expect(changed.status == 1 && changed.output.contains("the capture sample.pcap changed"))
        try FileManager.default.moveItem(atPath: captures + "sample.pcap", toPath: captures + "other.pcap")
        let orphan = try project.run()
        #expect(orphan.status == 1 && orphan.output.contains("golden/sample-loss-3.yaml: no capture uses it"))
        #expect(orphan.output.contains("captures/other.pcap: no golden file"))
        let asked = try project.run("--loss", "0%")
        #expect(asked.status == 0 && asked.output.contains("golden/sample-loss-3.yaml: no capture uses it"))
        try project.edit("sample-loss-3.yaml", "scenario:", "sceneria:")
        let broken = try project.run("captures/other.pcap")
        #expect(broken.status == 1 && broken.output.contains("'scenario' is missing"))
        try "format: 1\nx: [".write(toFile: project.folder + "/golden/bad.yaml", atomically: true, encoding: .utf8)
        let unreadable = try project.run()
        #expect(unreadable.status == 1 && unreadable.output.contains("golden/bad.yaml") && unreadable.output.contains("3:1"))
    }

    @Test("a capture that is not there ends in its exit code, and what ran beside it is still shown")
    func missingCapture() throws {
        let project = try Project()
        let outcome = try project.run("captures/none.pcap", "captures/sample.pcap")
        #expect(outcome.status == 66 && outcome.errors.contains("captures/none.pcap: No such file or directory"))
        #expect(outcome.output.hasPrefix("UNVERIFIED") && outcome.output.contains("9000 offered = 9000 delivered"))
        let alone = try project.run("captures/none.pcap", "--json")
        let faults = try alone.json()["faults"] as? [String]
        #expect(alone.status == 66 && faults?.count == 1)
    }

    @Test("many seeds are judged at once, with the command that repeats the worst; each run made twice gives the same")
    func manySeeds() throws {
        let project = try Project()
        let held = try project.run("captures/sample.pcap", "--seeds", "1..4")
        #expect(held.status == 0 && held.output.hasPrefix("VERIFIED: 4 runs, 36000 events, every limit held"))
        let repaired = try project.run("--loss", "10%", "--seeds", "3..6")
        #expect(repaired.status == 0, "what is lost is retransmitted")
        let broken = try project.run("--client", "bare", "--loss", "10%", "--seeds", "3..6", "--json")
        let sweep = try #require((try broken.json()["captures"] as? [[String: Any]])?.first)
        let seed = try #require(sweep["worst_seed"] as? Int)
        #expect(broken.status == 1 && (3...6).contains(seed))
        #expect((sweep["command"] as? String)?.hasSuffix("--loss 10% --seed \(seed)") == true)
        #expect(try project.run("--seeds", "1..4", "--seed", "1").status == 64)
        let compared = try project.run("--loss", "10%", "--seeds", "3..6", "--client", "standard", "--client", "bare")
        #expect(compared.status == 1 && compared.output.contains("sample.pcap  standard        0"))
        #expect(compared.output.contains("sample.pcap  bare            4"), "\(compared.output)")
        let single = try project.run("--client", "standard", "--client", "bare")
        #expect(single.status == 64 && single.errors.contains("several are compared over --seeds"))
        let twice = try project.run("captures/sample.pcap", "--check-determinism")
        #expect(twice.status == 0 && twice.output.contains("made twice and gave the same"))
    }

    @Test("a client's file that is missing or wrong ends in its exit code, with file, line and key")
    func clientFiles() throws {
        let project = try Project()
        let missing = try project.run("--client", "none.yaml")
        #expect(missing.status == 66 && missing.errors.hasPrefix("statsreplay: --client: none.yaml: no such file"))
        try "preset: reliable\nbufer: 3\n".write(toFile: project.folder + "/c.yaml", atomically: true, encoding: .utf8)
        let wrong = try project.run("--client", "c.yaml")
        #expect(wrong.status == 65 && wrong.errors.hasPrefix("statsreplay: --client: c.yaml:2: bufer is no field of a client"))
        #expect(try project.run("--client", "bold").status == 64)
        let reliable = try project.run("--client", "reliable", "--loss", "1%", "--golden", "none")
        #expect(reliable.status == 0 && reliable.output.contains("--client reliable"))
    }

    @Test("a usage error shows the usage of run")
    func usage() throws {
        let project = try Project()
        let outcome = try project.run("--loss", "0.03")
        #expect(outcome.status == 64 && outcome.errors.contains("Usage: statsreplay run"))
        let folder = try project.run("--golden", "perhaps")
        #expect(folder.status == 64 && folder.errors.contains("Usage: statsreplay run"))
    }

    @Test("in CI a capture without any golden file is unverified: exit 2, and it is named")
    func nothingRecorded() throws {
        let project = try Project()
        let outcome = try project.run(environment: ["CI": "true"])
        #expect(outcome.status == 2 && outcome.output.hasPrefix("UNVERIFIED"))
        #expect(outcome.output.contains("captures/sample.pcap: no golden file"))
        let report = try project.run("--json", environment: ["CI": "true"]).json()
        #expect(report["verdict"] as? String == "unverified")
    }

    @Test("one JSON object with every key, the same bytes twice, and nothing of the clock in it")
    func json() throws {
        let project = try Project()
        let words = ["--loss", "3%", "--corrupt", "2%", "--duplicate", "2%", "--reorder", "4%", "--client=bare", "--json"]
        let one = try project.run(words[0], words[1], words[2], words[3], words[4], words[5], words[6], words[7], words[8], words[9])
        let two = try project.run(
            words[0], words[1], words[2], words[3], words[4], words[5], words[6], words[7], words[8], words[9],
            environment: ["SWIFT_DETERMINISTIC_HASHING": "1"])
        #expect(one.output == two.output && one.status == 1)
        let report = try one.json()
        #expect(Set(["verdict", "seed", "runs"]).isSubset(of: Set(report.keys)))
        let run = try one.run()
        #expect(
            Set(["capture", "golden", "verdict", "events", "packets", "gaps", "checksums", "loss"]).isSubset(of: Set(run.keys)))
        #expect(run["golden"] is NSNull)
        let packets = try #require(run["packets"] as? [String: Int])
        let gaps = try #require(run["gaps"] as? [String: Int])
        let checksums = try #require(run["checksums"] as? [String: Int])
        #expect(gaps["injected"] == (packets["dropped"] ?? 0) + (packets["corrupted"] ?? 0) && gaps["found"] == gaps["injected"])
        #expect(gaps["missed"] == 0 && gaps["false"] == 0 && checksums["missed"] == 0 && checksums["false"] == 0)
        #expect((checksums["found"] ?? 0) > 0 && (packets["late"] ?? 0) > 0 && (packets["duplicated"] ?? 0) > 0)
        let loss = try #require(run["loss"] as? [String: [String: Any]])
        #expect(Set(loss.keys) == ["counter", "gauge", "timing", "critical"])
        let events = try #require(run["events"] as? [String: Any])
        let lost = try #require(events["lost"] as? [String: Int])
        let delivered = try #require(events["delivered"] as? Int)
        #expect(events["offered"] as? Int == delivered + lost.values.reduce(0, +))
    }

    @Test("an empty capture verifies nothing: exit 2")
    func empty() throws {
        let project = try Project(datagrams: 0)
        let outcome = try project.run()
        #expect(outcome.status == 2)
        let named = try project.run("captures/sample.pcap")
        #expect(named.status == 2 && named.output.contains("nothing was replayed"))
    }

    @Test("a capture cut in the middle is replayed to the cut, and exits 65 with packet and byte")
    func truncated() throws {
        let project = try Project()
        let whole = Project.capture(3000)
        try whole.prefix(whole.count / 2).write(to: URL(fileURLWithPath: project.folder + "/captures/sample.pcap"))
        let outcome = try project.run("captures/sample.pcap")
        #expect(outcome.status == 65 && outcome.errors.contains("packet 15") && outcome.errors.contains("byte"))
        #expect(outcome.output.contains("events     45"))
    }

    @Test("a missing capture exits 66, no capture at all too, and what is none 65")
    func inputs() throws {
        let project = try Project()
        #expect(try project.run("nowhere.pcap").status == 66)
        try "not a capture at all, but long enough to be read".write(
            toFile: project.folder + "/text.pcap", atomically: true, encoding: .utf8)
        #expect(try project.run("text.pcap").status == 65)
        try FileManager.default.removeItem(atPath: project.folder + "/captures")
        let none = try project.run()
        #expect(none.status == 66 && none.errors.contains("no captures in captures"))
    }
}
