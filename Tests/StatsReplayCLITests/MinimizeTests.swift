import ArgumentParser
import Foundation
import PacketCapture
import StatsModel
import ReplayEngine
import TestSupport
import Testing
import Verification

@testable import StatsReplayCLI

@Suite("minimize, as typed") struct MinimizeTests {
    @Test("it finds one event and one packet, writes them, and its command repeats them")
    func loss() throws {
        let project = try Project()
        let outcome = try project.statsreplay(["minimize", "captures/sample.pcap", "--client", "bare", "--loss", "5%", "--reason", "limit:timing"])
        let lines = outcome.output.split(separator: "\n").map(String.init)
        #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
        #expect(lines.first == "SMALLEST: 1 of 3000 datagrams, 1 of 9000 events, 1 fault still fail: the limit of timing is broken")
        let command = try #require(lines.last?.split(separator: ": ", maxSplits: 1).last).split(separator: " ").map(String.init)
        #expect(command == ["statsreplay", "run", "sample.min.pcapng", "--client", "bare", "--drop", "1", "--seed", "1", "--golden", "none"])
        // Wherever it is typed: in CI too, where other runs want a golden file.
        for environment in [[:], ["CI": "true"]] {
            let again = try project.statsreplay(Array(command.dropFirst()), environment: environment)
            #expect(again.status == 1 && again.output.contains("timing    100.00 % (1 of 1), limit < 1 %: BROKEN"), "\(again.output)")
        }
        let inspected = try project.statsreplay(["inspect", "sample.min.pcapng", "--json"])
        let total = try inspected.json()["events_total"] as? Int
        #expect(inspected.status == 0 && total == 1)
        #expect(project.goldenFiles().isEmpty, "nothing else is written")
    }

    @Test("the same command twice gives the same bytes, in its report and its file")
    func determinism() throws {
        let project = try Project()
        let outcomes = try ["a.pcapng", "b.pcapng"].map {
            try project.statsreplay(["minimize", "captures/sample.pcap", "--client", "bare", "--loss", "gemodel:5%,25%", "--seed", "9", "--json", "-o", $0])
        }
        #expect(outcomes.allSatisfy { $0.status == 0 })
        #expect(outcomes[0].output == outcomes[1].output.replacing("b.pcapng", with: "a.pcapng"))
        let files = ["a.pcapng", "b.pcapng"].map { FileManager.default.contents(atPath: project.folder + "/" + $0) }
        #expect(files[0] != nil && files[0] == files[1])
        let report = try outcomes[0].json()
        #expect(report["verdict"] as? String == "minimized" && report["complete"] as? Bool == true)
        #expect((report["whole"] as? [String: Int])?["events"] == 9000 && report["output"] as? String == "a.pcapng")
        #expect(report["command"] as? String == "statsreplay run a.pcapng --client bare --drop 1 --seed 9 --golden none")
    }

    @Test("a golden file stands for its capture and scenario")
    func golden() throws {
        let project = try Project()
        #expect(try project.run("--client", "bare", "--loss", "3%", "--update").status == 0)
        #expect(try project.run("captures/sample.pcap", "--update").status == 0)
        let holding = try project.statsreplay(["minimize", "golden/sample.yaml"])
        #expect(holding.status == 2 && holding.errors.contains("no part of it can be compared"), "\(holding.errors)")
        let words = ["minimize", "golden/sample-client-bare-loss-3.yaml"]
        let outcome = try project.statsreplay(words)
        #expect(outcome.status == 0 && outcome.output.hasPrefix("SMALLEST: 1 of 3000 datagrams"), "\(outcome.output)\(outcome.errors)")
        #expect(try project.statsreplay(words + ["--loss", "3%"]).errors.contains("A golden file holds the whole scenario"))
        #expect(try project.statsreplay(words + ["--capture-folder", "elsewhere"]).status == 66)
        try project.edit("sample-client-bare-loss-3.yaml", "seed: 1", "seed: one")
        #expect(try project.statsreplay(words).status == 65)
        #expect(try project.statsreplay(["minimize", "golden/none.yaml"]).status == 66)
    }

    @Test("a client's file goes into the command, and what it makes fail goes on to")
    func clientFile() throws {
        let project = try Project(datagrams: 300)
        try "preset: bare\nbuffer_capacity: 64\nbatch_size: 8\n".write(toFile: project.folder + "/small.yaml", atomically: true, encoding: .utf8)
        let outcome = try project.statsreplay([
            "minimize", "captures/sample.pcap", "--topspeed", "--client", "small.yaml", "--loss", "1%", "--reason", "limit:counter",
        ])
        #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
        #expect(outcome.output.contains("run sample.min.pcapng") && outcome.output.contains("--client small.yaml"))
    }

    @Test("what does not fail is said with exit code 2, and nothing is written", arguments: [
        ([], "does not fail: law and detectors are right, every limit holds"),
        (["--client", "bare", "--loss", "5%", "--reason", "gaps:missed"], "does not fail for gaps:missed, but for limit:counter, limit:gauge, limit:timing"),
        (["--loss", "5%", "--port", "9"], "no stats event for port 9"),
    ])
    func nothing(words: [String], sentence: String) throws {
        let project = try Project()
        let outcome = try project.statsreplay(["minimize", "captures/sample.pcap"] + words)
        #expect(outcome.status == 2 && outcome.errors.contains(sentence) && outcome.output.isEmpty, "\(outcome.errors)")
        #expect(!FileManager.default.fileExists(atPath: project.folder + "/sample.min.pcapng"))
    }

    @Test("wrong words, files and folders have their exit codes", arguments: [
        (["captures/sample.pcap", "--reason", "sun"], 64, "--reason: 'sun' is none of law, packets, codec, gaps, checksums, records, duplicates, recovered, limit"),
        (["captures/sample.pcap", "--runs", "0"], 64, "--runs"), (["-"], 64, "standard input"), ([], 64, "capture"),
        (["captures/sample.pcap", "--loss", "0.03"], 64, "0.03% or 3%?"), (["captures/none.pcap", "--loss", "5%"], 66, "none.pcap"),
        (["captures/sample.pcap", "--client", "bare", "--loss", "5%", "-o", "captures/sample.pcap"], 64, "is the capture itself"),
        (["captures/sample.pcap", "--client", "bare", "--loss", "5%", "-o", "./captures/../captures/sample.pcap"], 64, "is the capture itself"),
        (["captures/sample.pcap", "--client", "bare", "--loss", "5%", "-o", "no/such/folder.pcapng"], 73, "no/such/folder.pcapng"),
        (["captures", "--loss", "5%"], 65, "captures"), (["captures/sample.pcap", "--client", "none.yaml"], 66, "none.yaml"),
    ] as [([String], Int32, String)])
    func refusals(words: [String], status: Int32, sentence: String) throws {
        let project = try Project(datagrams: 200)
        let outcome = try project.statsreplay(["minimize"] + words)
        #expect(outcome.status == status && outcome.errors.contains(sentence), "\(outcome.status): \(outcome.errors)")
    }

    @Test("a limit of runs is kept and said")
    func runs() throws {
        let project = try Project(datagrams: 500)
        let outcome = try project.statsreplay(["minimize", "captures/sample.pcap", "--client", "bare", "--loss", "10%", "--runs", "4"])
        #expect(outcome.status == 0 && outcome.output.contains("search     4 runs; the limit of runs was reached"), "\(outcome.output)")
    }

    @Test("the help has an example and every exit code")
    func help() {
        let help = MinimizeCommand.helpMessage()
        #expect(help.contains("statsreplay minimize my.pcapng --loss 5%") && help.contains("Exit codes: 0"))
    }

    @Test("the capture's name without its suffix names the result", arguments: [
        ("a.pcapng", "a.min.pcapng"), ("a.b.pcap", "a.b.min.pcapng"), ("plain", "plain.min.pcapng"),
    ])
    func names(name: String, output: String) {
        #expect(MinimizeCommand.standardOutput(of: name) == output)
    }

    /// Options that run, tolerate and minimize share, wrong in each of its ways.
    static let wrong: [[String]] = [
        ["--port", "x"], ["--duplicate", "120%"], ["--queue", "5"], ["--pps", "5", "--topspeed"], ["--delay", "999999h"], ["--mtu", "20"],
        ["--drop", "0"], ["--only", "3-1"], ["--limit", "0"],
    ]

    @Test("run, tolerate and minimize refuse the same words in the same sentence", arguments: wrong)
    func shared(words: [String]) throws {
        func sentence<Command: ParsableCommand>(_ command: Command.Type) -> String {
            do {
                _ = try command.parse(["a.pcap"] + words)
                return "\(command) takes \(words)"
            } catch {
                return command.message(for: error)
            }
        }
        let run = sentence(RunCommand.self)
        #expect(run.contains(words[0]) || run.contains("network"), "\(run)")
        #expect(sentence(TolerateCommand.self) == run && sentence(MinimizeCommand.self) == run)
    }
}
