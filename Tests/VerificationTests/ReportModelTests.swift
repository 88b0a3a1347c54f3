import Foundation
import ReplayEngine
@testable import StatsPipeline
import TestSupport
import Testing

@testable import Verification

/// One model stands between a run's record and everything that is shown of it.
@Suite("report model") struct ReportModelTests {
    private static func source(_ path: String) throws -> String {
        try String(contentsOf: Checkout.sources.appendingPathComponent("Verification/\(path)"), encoding: .utf8)
    }

    /// Whether a source names the record or the judgement in its code. Comments may name them. Simple word boundaries, because
    /// Unicode's see no boundary at the point of `run.record`.
    static func readsRecord(_ source: String) -> Bool {
        source.split(separator: "\n").contains { line in
            let code = line.prefix(upTo: line.range(of: "//")?.lowerBound ?? line.endIndex)
            return code.contains(/\b(RunRecord|RunVerification|Judgement\(|judgement|record)\b/.wordBoundaryKind(.simple))
        }
    }

    @Test(
        "text, JSON and golden files read the model, and never the record",
        arguments: [
            "Reports/RunText.swift", "Reports/RunJSON.swift", "Reports/RunJSON+Mitigations.swift", "Reports/ClientWords.swift",
            "Golden/GoldenExpectation.swift",
        ])
    func projections(path: String) throws {
        #expect(!Self.readsRecord(try Self.source(path)))
    }

    @Test("a projection that reads the record is noticed")
    func noticed() throws {
        #expect(Self.readsRecord("init(_ record: RunRecord) {"))
        #expect(Self.readsRecord("let x = run.record.ledger"))
        #expect(!Self.readsRecord("/// Made of a ``RunRecord``."))
        #expect(Self.readsRecord(try Self.source("Reports/RunFacts.swift")))
    }

    /// Parts of the client that the model, the text and the golden file of a record show.
    private static func shown(_ record: RunRecord) throws -> (model: Set<ClientUse.Part>, text: [String], golden: [String]) {
        var result = SuiteResult()
        result.runs = [try RunVerification(record, store: GoldenStore(folder: "nowhere"), mode: .none, update: false, mayWrite: false)]
        let names: Set<String> = ["large", "copies", "repair", "totals", "parity", "overhead", "breaker", "memory"]
        let text = RunText().lines(SuiteReport(result)).compactMap { $0.split(separator: " ").first.map(String.init) }
        let facts = RunFacts(record, Judgement(record))
        let golden = GoldenExpectation(facts).client.entries.map(\.name).dropFirst(3)
        return (facts.client.parts, text.filter(names.contains), Array(golden))
    }

    @Test("a client with nothing switched on has no part, in no projection")
    func bare() throws {
        var record = sampleRecord()
        record.scenario.client = .bare
        let shown = try Self.shown(record)
        #expect(shown.model.isEmpty && shown.text.isEmpty && shown.golden.isEmpty, "\(shown)")
    }

    @Test("a client with everything switched on has every part, in every projection")
    func everything() throws {
        var record = sampleRecord()
        record.scenario.client.redundancy = .all
        record.scenario.client.parity = ParityConfiguration()
        record.scenario.client.breaker = BreakerConfiguration()
        record.scenario.client.memoryLimit = 65_536
        record.client.memoryPeak = 40_960
        record.client.largePackets.packets = 1
        record.runningTotals.counts.packets = 1
        let shown = try Self.shown(record)
        #expect(shown.model == Set(ClientUse.Part.allCases))
        #expect(shown.text == ["large", "copies", "repair", "totals", "parity", "overhead", "breaker", "memory"])
        #expect(
            shown.golden == ["large_packets", "breaker", "copies", "repair", "parity", "running_totals", "memory_peak"])
    }
}
