import Foundation
import StatsReplay
import Testing

/// What a test author in another package can do: only public declarations of one module.
struct ReplayTestTests {
    static let project = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path
    static let capture = "\(project)/captures/statsd-python.pcapng"

    @Test("a run is judged, and its facts add up", arguments: 1...3 as ClosedRange<UInt64>)
    func run(seed: UInt64) throws {
        var test = ReplayTest(capture: Self.capture)
        test.seed = seed
        test.network = try ReplayNetwork(parsing: "--loss 3% --delay 20ms")
        let result = try test.run()
        #expect(result.verdict == .verified && result.reasons.isEmpty, "\(result)")
        #expect(result.offered > 0 && result.offered == result.delivered + result.lost.values.reduce(0, +))
        #expect(MetricType.allCases.reduce(0) { $0 + result.offered($1) } == result.offered)
        #expect(MetricType.allCases.reduce(0) { $0 + result.delivered($1) } == result.delivered)
        let packets = result.packets
        #expect(packets.sent == packets.delivered + packets.dropped + packets.corrupted + packets.refused)
        #expect(result.gaps.injected > 0 && result.gaps.missed == 0 && result.gaps.falseAlarms == 0)
        #expect(result.losses.map(\.name) == ["counter", "gauge", "timing", "critical"])
        #expect(result.description.hasPrefix("VERIFIED: 1 run") && result.json.contains("\"verdict\" : \"verified\""))
        #expect(result.command.contains("--loss 3% --delay 20ms --seed \(seed)"))
        #expect(try test.run().json == result.json, "the same test gives the same bytes")
    }

    @Test("a client that repairs nothing breaks limits, in sentences")
    func brokenLimit() throws {
        var test = ReplayTest(capture: Self.capture)
        test.network = try ReplayNetwork(parsing: "--loss 3%")
        try test.setClient("bare")
        let result = try test.run()
        #expect(result.verdict == .failed && !result.reasons.isEmpty)
        #expect(result.lost[.networkLoss] ?? 0 > 0 && result.losses.contains { !$0.holds })
        #expect(result.command.contains("--client bare"))
        // The golden file of this scenario expects those losses.
        let expected = try test.run(comparingWithGoldenFilesIn: "\(Self.project)/golden")
        #expect(expected.verdict == .verified && expected.goldenFile?.hasSuffix(".yaml") == true, "\(expected)")
        test.seed = 4711
        let unknown = try test.run(comparingWithGoldenFilesIn: "\(Self.project)/golden")
        #expect(unknown.verdict == .unverified)
    }

    @Test("a client is configured in place")
    func configuration() throws {
        var test = ReplayTest(capture: Self.capture)
        test.network = try ReplayNetwork(parsing: "--drop 3...5")
        test.client.reliability = nil
        test.client.maximumBatchAge = .milliseconds(5)
        let result = try test.run()
        #expect(result.lost[.chosenLoss] ?? 0 > 0 && result.packets.dropped == 3)
        // A packet that is chosen by its number is dropped each time it is sent. One that is lost at random is repaired.
        test.network = try ReplayNetwork(parsing: "--loss 3%")
        let bare = try test.run()
        test.client.reliability = ReliabilityConfiguration()
        let repaired = try test.run()
        #expect(bare.packets.dropped > 0 && bare.packets.retransmitted == 0 && repaired.packets.retransmitted > 0)
    }

    @Test("a network reads back from its own words, and a wrong word is named")
    func network() throws {
        for words in ["", "--loss 3% --delay 20ms", "--fail restart@2s+500ms --corrupt 1% --bandwidth 10mbit --queue 64KiB --no-return-path"] {
            let network = try ReplayNetwork(parsing: words)
            #expect(try ReplayNetwork(parsing: network.description) == network)
        }
        #expect(try ReplayNetwork(parsing: "") == .perfect)
        for (words, part) in [("--los 3%", "--los"), ("--loss 0.03", "--loss"), ("--delay", "--delay"), ("--queue 10", "--bandwidth")] {
            let error = try #require(throws: ReplayError.self) { try ReplayNetwork(parsing: words) }
            #expect(error.kind == .invalidTest && error.description.contains(part), "\(error)")
        }
    }

    @Test("what cannot be run is an error with its kind")
    func errors() throws {
        func kind(_ change: (inout ReplayTest) -> Void) -> ReplayError.Kind? {
            var test = ReplayTest(capture: Self.capture)
            change(&test)
            do throws(ReplayError) { _ = try test.run() } catch { return error.kind }
            return nil
        }
        #expect(kind { $0.capture = "nowhere.pcap" } == .missingInput)
        #expect(kind { $0.capture = "\(Self.project)/README.md" } == .unusableInput)
        #expect(kind { $0.loop = 0 } == .invalidTest)
        #expect(kind { $0.pace = .multiplier(0) } == .invalidTest)
        #expect(kind { $0.duration = .zero } == .invalidTest)
        #expect(kind { $0.duration = .seconds(-1) } == .invalidTest)
        #expect(kind { $0.client.batchSize = 0 } == .invalidTest)
        #expect(kind { $0.datagramLimit = 10 } == nil)
    }

    @Test("a capture is inspected")
    func inspection() throws {
        let summary = try CaptureSummary(inspecting: Self.capture)
        #expect(summary.isFit && summary.problems.isEmpty && summary.malformedLines == 0)
        #expect(summary.events > 0 && summary.events(.counter) > 0 && summary.distinctMetrics > 0)
        #expect(MetricType.allCases.reduce(0) { $0 + summary.events($1) } == summary.events)
        #expect(throws: ReplayError.self) { try CaptureSummary(inspecting: "nowhere.pcap") }
    }
}
