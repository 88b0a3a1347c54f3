import Foundation
import NetworkEmulator
import PacketCapture
import StatsPipeline
import StatsModel
import ReplayEngine
import Testing

@testable import Verification

/// What each mitigation cost stands apart, in text and for machines; and parity in the files that describe a client.
@Suite("the cost of mitigations") struct MitigationCostTests {
    private static func result(_ client: ClientConfiguration) throws -> (record: RunRecord, result: SuiteResult) {
        try SeedSweepTests.withCapture { capture in
            var scenario = Scenario()
            scenario.client = client
            scenario.client.batchSize = 4
            scenario.impairments.loss = Ratio(10, outOf: 100)
            let record = try Replay.run(capture, scenario: scenario)
            var result = SuiteResult()
            result.runs = [
                try RunVerification(record, store: GoldenStore(folder: "nowhere"), mode: .none, update: false, mayWrite: false)
            ]
            return (record, result)
        }
    }

    private static var everything: ClientConfiguration {
        var client = ClientConfiguration.standard
        client.redundancy = .all
        client.parity = ParityConfiguration(groupSize: 4, parityCount: 2, interleave: 2)
        return client
    }

    /// The table's lines, without what stands in front.
    private static func table(_ result: SuiteResult) -> [String] {
        let lines = RunText().lines(SuiteReport(result))
        guard let first = lines.firstIndex(where: { $0.hasPrefix("  cost ") }) else { return [] }
        return lines[first...].prefix { $0.hasPrefix("  cost ") || $0.hasPrefix("      ") }.map { String($0.dropFirst(13)) }
    }

    @Test("a client with everything has a line for each, with packets, bytes and the share of the data's bytes")
    func table() throws {
        let (record, result) = try Self.result(Self.everything)
        let costs = record.costs
        let lines = Self.table(result)
        #expect(lines.map { $0.prefix { $0 != " " } } == ["data,", "second", "retransmitted", "return", "parity", "heartbeats"])
        for (line, traffic) in zip(lines.dropFirst(), [costs.copies, costs.retransmissions, costs.acknowledgements, costs.parity, costs.reports]) {
            #expect(traffic.packets > 0 && traffic.bytes > 0)
            let share = PercentText.twoDecimals(Double(traffic.bytes) * 100 / Double(costs.data.bytes))
            #expect(line.contains(" \(traffic.packets) packets ") && line.contains(" \(traffic.bytes) bytes, \(share) % of the data"), "\(line)")
        }
        #expect(lines.allSatisfy { $0.contains(" packets ") } && Set(lines.map { $0.range(of: " packets ")?.lowerBound }).count == 1)
    }

    @Test("what a client does not do has no line, and costs nothing", arguments: [ClientPreset.bare, .parity, .standard])
    func absent(preset: ClientPreset) throws {
        let (record, result) = try Self.result(preset.configuration)
        let names = Self.table(result).map { String($0.prefix { $0 != " " }) }
        let none = MitigationCosts.Traffic()
        switch preset {
        case .bare: #expect(names == ["data,", "heartbeats"] && record.costs.parity == none && record.costs.retransmissions == none)
        case .parity: #expect(names == ["data,", "parity", "heartbeats"] && record.costs.acknowledgements == none)
        default: #expect(names == ["data,", "retransmitted", "return", "heartbeats"] && record.costs.parity == none && record.costs.copies == none)
        }
    }

    @Test("machines read the same numbers, and parity's own")
    func json() throws {
        let (record, result) = try Self.result(Self.everything)
        let object = try JSONSerialization.jsonObject(with: try RunJSON(SuiteReport(result, seed: 1)).json()) as? [String: Any]
        let run = try #require((object?["runs"] as? [[String: Any]])?.first)
        let costs = try #require(run["costs"] as? [String: [String: Double]])
        #expect(Set(costs.keys) == ["data", "copies", "retransmitted", "acknowledgements", "parity", "running_totals", "reports"])
        #expect(costs["data"] == ["packets": Double(record.costs.data.packets), "bytes": Double(record.costs.data.bytes), "percent": 100])
        #expect(costs["parity"]?["bytes"] == Double(record.costs.parity.bytes))
        let parity = try #require(run["parity"] as? [String: Int])
        #expect(Set(parity.keys) == ["rebuilt", "sent", "sent_bytes", "skipped", "uncovered", "received", "used", "unneeded"])
        #expect(parity["rebuilt"] == Int(record.packets.rebuilt) && parity["sent"].map { $0 > 0 } == true)
        #expect(parity["sent_bytes"] == Int(record.costs.parity.bytes))
    }

    @Test("the overhead that the harness counts is what client and receiver say they sent on top")
    func overhead() throws {
        let (record, _) = try Self.result(Self.everything)
        let said = record.client.copies.byteCount + record.repair.counts.byteCount + record.repair.acknowledgementBytes
            + record.parity.traffic.byteCount + record.runningTotals.counts.byteCount
        #expect(said > 0 && record.costs.overheadPercent == Double(said) * 100 / Double(record.client.bytesSent))
        #expect(MitigationCosts().overheadPercent == 0)
    }

    @Test("parity reads and writes: none, standard, or what differs")
    func document() throws {
        let plain = try ClientFile.parse("preset: bare\nparity: standard\n", file: "my.yaml")
        #expect(plain == .parity)
        let none = try ClientFile.parse("preset: parity\nparity: none\n", file: "my.yaml")
        #expect(none == .bare)
        let text = "preset: bare\nparity: {group_size: 8, parity_count: 1, interleave: 3, maximum_age: 250ms}\n"
        let xor = try ClientFile.parse(text, file: "my.yaml")
        #expect(xor.parity == ParityConfiguration(groupSize: 8, parityCount: 1, interleave: 3, maximumAge: .milliseconds(250)))
        // It stands in a document only where there is any, so that other clients' golden files stay as they are.
        #expect(ClientDocument.write(xor)["parity"] != nil && ClientDocument.write(.standard)["parity"] == nil)
    }

    @Test("what cannot be is refused with file, line, field, value and range")
    func errors() {
        #expect(
            ClientFileTests.error("parity:\n  group_size: 65\n")
                == "my.yaml:2: parity.group_size is 65; allowed is 1 to 64")
        #expect(
            ClientFileTests.error("parity:\n  interleave: 40\n") == "my.yaml:2: parity.interleave is 40; allowed is 1 to 16")
        #expect(ClientFileTests.error("parity:\n  size: 3\n").contains("my.yaml:2: parity.size is unknown here"))
        #expect(ClientFileTests.error("parity: much\n").contains("my.yaml:1: parity is much; allowed is a table"))
    }
}
