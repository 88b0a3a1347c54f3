import Foundation
import TestSupport
import Testing

@testable import StatsReplayCLI

/// What `inspect` and `run` make of one datagram seen several times, of wrong checksums and of large datagrams.
@Suite("reading captures") struct ReadingTests {
    /// `Tests/Reports`: small captures after public bug reports, with what is right for each in its README.
    static let reports = Checkout.reports.path

    /// One report's file, how it is read, and what is right.
    struct Case: Sendable, CustomTestStringConvertible {
        var file: String
        var options: [String] = []
        var events: Int
        var isFit = true
        var status: Int32 = 0
        var verdict = "verified"
        var testDescription: String { ([file] + options).joined(separator: " ") }
    }

    static let cases = [
        Case(file: "b04-three-interfaces.pcapng", events: 2),
        Case(file: "b04-three-interfaces.pcapng", options: ["--duplicates", "merge"], events: 2),
        Case(file: "b04-three-interfaces.pcapng", options: ["--duplicates", "keep"], events: 6),
        Case(file: "b07-npcap-twice.pcapng", events: 4, isFit: false, status: 2, verdict: "unverified"),
        Case(file: "b07-npcap-twice.pcapng", options: ["--duplicates", "ask"], events: 4, isFit: false, status: 2, verdict: "unverified"),
        Case(file: "b07-npcap-twice.pcapng", options: ["--duplicates", "merge"], events: 2),
        Case(file: "b07-npcap-twice.pcapng", options: ["--duplicates", "keep"], events: 4),
        Case(file: "b08-loopback-16k.pcap", events: 400),
        Case(file: "b13-bad-checksum.pcap", events: 1),
        Case(file: "b13-bad-checksum.pcap", options: ["--checksums", "verify"], events: 1),
        Case(file: "b13-bad-checksum.pcap", options: ["--checksums", "ignore"], events: 3),
    ]

    @Test("inspect says how many events a report's capture holds, and whether it is usable", arguments: cases)
    func inspect(report: Case) throws {
        let project = try Project(datagrams: 1)
        let outcome = try project.statsreplay(["inspect", "\(Self.reports)/\(report.file)", "--json"] + report.options)
        let found = try outcome.json()
        #expect(outcome.status == 0 && found["events_total"] as? Int == report.events)
        #expect(found["fit"] as? Bool == report.isFit, "\(found["problems"] ?? "")")
    }

    @Test("run offers as many, and verifies nothing before somebody decides", arguments: cases)
    func run(report: Case) throws {
        let project = try Project(datagrams: 1)
        let outcome = try project.statsreplay(["run", "\(Self.reports)/\(report.file)", "--json"] + report.options)
        let run = try outcome.run()
        let events = try #require(run["events"] as? [String: Any])
        #expect(events["offered"] as? Int == report.events && events["delivered"] as? Int == report.events)
        #expect(outcome.status == report.status && run["verdict"] as? String == report.verdict)
        #expect((run["command"] as? String)?.contains("--duplicates") == (report.options.first == "--duplicates" && report.options.last != "ask"))
        #expect("\(run["reasons"] ?? "")".contains("--duplicates merge") == (report.status == 2))
        #expect("\(run["remarks"] ?? "")".contains("wrong checksums") == (report.file.hasPrefix("b13") && report.events == 1))
        #expect("\(run["remarks"] ?? "")".contains("count once") == (report.events == 2))
    }

    @Test("seeds and tolerance verify nothing either, and no golden file is recorded")
    func undecided() throws {
        let project = try Project(datagrams: 1)
        let path = "\(Self.reports)/b07-npcap-twice.pcapng"
        #expect(try project.run(path, "--seeds", "1..3").status == 2)
        #expect(try project.run(path, "--seeds", "1..3", "--duplicates", "keep").status == 0)
        #expect(try project.statsreplay(["tolerate", path, "--seeds", "1..2"]).status == 2)
        #expect(try project.run(path, "--update").status == 2 && project.goldenFiles().isEmpty)
        #expect(try project.run(path, "--update", "--duplicates", "merge").status == 0)
        let names = project.goldenFiles()
        #expect(names == ["b07-npcap-twice-duplicates-merge.yaml"])
        let text = try String(contentsOfFile: "\(project.folder)/golden/\(names.first ?? "")", encoding: .utf8)
        #expect(text.contains("duplicates: merge") && text.contains("merged_packets: 2") && !text.contains("checksums: verify"))
        #expect(try project.run(path, "--duplicates", "merge", "--golden", "required").status == 0)
    }

    @Test("minimize reads by the same rules")
    func minimize() throws {
        let project = try Project(datagrams: 1)
        let path = "\(Self.reports)/b13-bad-checksum.pcap"
        let words = ["minimize", path, "--loss", "100%", "--json", "--output", "\(project.folder)/small.pcapng"]
        #expect(try project.statsreplay(words).status == 0)
        #expect(try project.statsreplay(words + ["--checksums", "ignore"]).status == 0)
        #expect(try project.statsreplay(["minimize", "a.yaml", "--duplicates", "keep"]).status == 64)
    }

    @Test("a sender whose checksums are mostly wrong is named, with what to do")
    func hint() throws {
        let project = try Project(datagrams: 1)
        let text = try project.statsreplay(["inspect", "\(Self.reports)/b13-bad-checksum.pcap"]).output
        #expect(text.contains("10.0.0.7: 2 of 3 checksums are wrong") && text.contains("--checksums ignore"))
    }

    @Test("words that are none are refused", arguments: [["--duplicates", "maybe"], ["--checksums", "no"]])
    func words(options: [String]) throws {
        let project = try Project(datagrams: 1)
        for command in ["inspect", "run", "minimize", "tolerate"] {
            let outcome = try project.statsreplay([command, "captures/sample.pcap"] + options)
            #expect(outcome.status == 64 && outcome.errors.contains("is none of"), "\(command)")
        }
    }
}
