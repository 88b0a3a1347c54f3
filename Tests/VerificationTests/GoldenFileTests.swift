import Foundation
import NetworkEmulator
import PacketCapture
import StatsModel
import ReplayEngine
import TestSupport
import Testing

@testable import Verification

@Suite("GoldenFile") struct GoldenFileTests {
    private func golden(_ record: RunRecord) -> GoldenFile { GoldenFile(record, Judgement(record)) }

    @Test("reads back what it wrote, with no difference")
    func roundTrip() throws {
        let written = golden(sampleRecord())
        let text = try written.text()
        let read = try GoldenFile(parsing: text, file: "sample.yaml")
        #expect(read.scenario == written.scenario)
        let resolved = try read.scenario.resolved()
        #expect(resolved == sampleRecord().scenario)
        #expect(GoldenDiff(recorded: read.expected, actual: written.expected).lines.isEmpty)
        let again = try golden(sampleRecord()).text()
        #expect(again == text)
    }

    @Test("a scenario of every option survives the file")
    func everyOption() throws {
        var scenario = Scenario()
        scenario.seed = .max
        scenario.pace = .packetsPerSecond(1234.5)
        scenario.loop = 3
        scenario.limit = 77
        scenario.duration = .milliseconds(1500)
        scenario.impairments.loss = try Ratio(parsing: "0.125%")
        scenario.impairments.corrupt = try Ratio(parsing: "1%")
        scenario.impairments.duplicate = try Ratio(parsing: "2%")
        scenario.impairments.reorder = try Ratio(parsing: "100%")
        scenario.impairments.delay = .milliseconds(20)
        scenario.impairments.jitter = .microseconds(5)
        scenario.impairments.drop = [3...3, 40...60]
        let resolved = try GoldenScenario(scenario).resolved()
        #expect(resolved == scenario)
    }

    @Test("the dialect stands in the file where it was chosen, and only there", arguments: DialectChoice.allCases)
    func dialect(choice: DialectChoice) throws {
        var record = sampleRecord()
        record.scenario.dialect = choice
        let text = try golden(record).text()
        #expect(text.contains("dialect:") == (choice != .auto))
        let resolved = try GoldenFile(parsing: text, file: "sample.yaml").scenario.resolved()
        #expect(resolved.dialect == choice)
        #expect(throws: (any Error).self) {
            try GoldenFile(parsing: text.replacing("seed: 1\n", with: "seed: 1\n  dialect: etsy\n"), file: "sample.yaml").scenario.resolved()
        }
    }

    @Test("metrics whose names read alike stand side by side, and survive the file")
    func names() throws {
        var record = sampleRecord()
        let labels = ["caf\\xE8", "caf\\xE9", "caf\\u{301}", "caf\\\\xE9", "café", "a\\{b}"]
        record.metrics = MetricOutcomes(
            labels.enumerated().map { index, label in
                MetricOutcome(
                    type: .counter, label: label, offered: UInt64(index), delivered: 0, offeredValue: 0, deliveredValue: 0)
            })
        let written = golden(record)
        let read = try GoldenFile(parsing: try written.text(), file: "sample.yaml")
        #expect(Set(read.expected.metrics.first.entries.map(\.name)) == Set(labels.map { "counter \($0)" }))
        #expect(GoldenDiff(recorded: read.expected, actual: written.expected).lines.isEmpty)
        record.metrics = MetricOutcomes(Array(record.metrics.dropLast(2)))
        let lines = GoldenDiff(recorded: read.expected, actual: golden(record).expected).lines
        #expect(lines.contains { $0.hasPrefix("counter café:") } && lines.contains { $0.hasPrefix("counter a\\{b}:") }, "\(lines)")
    }

    @Test("several rules of a kind, and every rule there is, survive the file")
    func everyRule() throws {
        var scenario = Scenario()
        scenario.impairments.failures = [
            try DownstreamFault(parsing: "refuse@2s+500ms/30s"), try DownstreamFault(parsing: "slow@2s+1s:+20ms"),
        ]
        scenario.impairments.losses = [
            try LossModel(parsing: "3%"), try LossModel(parsing: "gemodel:1%,20%,80%,1%"),
            try LossModel(parsing: "state:1%,20%,10%,50%,2%"), try LossModel(parsing: "random:3%,25%"),
        ]
        scenario.impairments.lossBurstMaximum = 4
        scenario.impairments.only = [2...2, 7...UInt64.max]
        scenario.impairments.corruptions = [
            try Corruption(parsing: "1%"), try Corruption(parsing: "bytes:2%"), try Corruption(parsing: "truncate:3%"),
        ]
        scenario.impairments.duplicates = [try Ratio(parsing: "1%"), try Ratio(parsing: "2%")]
        scenario.impairments.gap = 5
        scenario.impairments.distribution = .paretonormal
        scenario.impairments.bottleneck = Bottleneck(rate: BitRate(bitsPerSecond: 1_500_000), queue: .bytes(65_536))
        scenario.impairments.mtu = MaximumTransmissionUnit(600, isRefused: true)
        var record = sampleRecord()
        record.scenario = scenario
        let text = try golden(record).text()
        let resolved = try GoldenFile(parsing: text, file: "sample.yaml").scenario.resolved()
        #expect(resolved == scenario)
    }

    @Test("rules of reading survive the file, the arguments and each word, and the standard ones are not written")
    func readingRules() throws {
        for duplicates in ReadingRules.Duplicates.allCases {
            for checksums in ReadingRules.Checksums.allCases {
                var record = sampleRecord()
                record.scenario.reading.duplicates = duplicates
                record.scenario.reading.checksums = checksums
                let text = try golden(record).text()
                let resolved = try GoldenFile(parsing: text, file: "sample.yaml").scenario.resolved()
                #expect(resolved == record.scenario && resolved.reading == record.scenario.reading)
                #expect(text.contains("duplicates: \(duplicates.rawValue)") == (duplicates != .ask))
                #expect(text.contains("checksums: \(checksums.rawValue)") == (checksums != .verify))
                let words = record.scenario.arguments
                #expect(words.contains("--duplicates") == (duplicates != .ask) && words.contains("--checksums") == (checksums != .verify))
            }
        }
        var record = sampleRecord()
        record.scenario.reading.duplicates = .keep
        let text = try golden(record).text().replacing("duplicates: keep", with: "duplicates: maybe")
        #expect(throws: (any Error).self) { try GoldenFile(parsing: text, file: "sample.yaml").scenario.resolved() }
    }

    @Test("a plain scenario's file says nothing of rules it does not have")
    func plainFile() throws {
        let text = try golden(sampleRecord()).text()
        for key in ["bandwidth", "queue", "mtu", "fail", "gap:", "loss_burst_max", "delay_distribution", "only", "rules"] {
            #expect(!text.contains("  \(key)"), "\(key)")
        }
    }

    /// A number changed by hand in the file's text, and what the diff must then say.
    @Test("a hand-edited number gives a diff a person understands", arguments: [
        ("sent: 50", "sent: 49", "packets sent: 1 more (recorded 49, now 50)"),
        ("counter: 1000", "counter: 1312", "events offered, counter: 312 fewer (recorded 1312, now 1000)"),
        ("980 of 1000, value 980 of 1000.5", "982 of 1000, value 982 of 1000.5", "counter http.requests: 2 fewer delivered"),
        ("ranges: '17'", "ranges: '17, 4017...4032'", "gap 4017...4032: recorded, now gone"),
        ("1 injected, 1 found", "2 injected, 2 found", "gaps: recorded 2 injected"),
        ("network_loss counter: 20", "network_loss counter: 21", "events lost, network_loss counter: 1 fewer"),
    ])
    func edited(old: String, new: String, sentence: String) throws {
        let written = golden(sampleRecord())
        let text = try written.text()
        #expect(text.contains(old), "the file does not hold '\(old)':\n\(text)")
        let edited = try GoldenFile(parsing: text.replacing(old, with: new), file: "sample.yaml")
        let lines = GoldenDiff(recorded: edited.expected, actual: written.expected).lines
        #expect(lines.contains { $0.contains(sentence) }, "\(sentence) is not in \(lines)")
    }

    @Test("a scenario that no machine would take is refused with the field and what is allowed", arguments: [
        ("buffer_capacity: 8192", "buffer_capacity: 7", "ufferCapacity"), ("batch_size: 50", "batch_size: 0", "atchSize"),
        ("window: 16384", "window: 5000", "receiver.window"), ("maximum_jump: 1048576", "maximum_jump: 1", "maximum_jump"),
        ("reorder_gap: 3", "reorder_gap: 0", "reorder_gap"), ("loss: 3%", "loss: 300%", "300%"), ("loop: 1", "loop: 0", "loop"),
        ("codec: binary", "codec: morse", "morse"), ("pace: recorded", "pace: brisk", "brisk"),
        ("maximum_in_flight: 65536", "maximum_in_flight: 0", "maximum_in_flight"), ("delay: 0s", "delay: 99999h", "at most a year"),
    ])
    func impossible(old: String, new: String, sentence: String) throws {
        let text = try golden(sampleRecord()).text()
        #expect(text.contains(old), "the file does not hold '\(old)'")
        let file = try GoldenFile(parsing: text.replacing(old, with: new), file: "sample.yaml")
        let error = #expect(throws: UnitError.self) { try file.scenario.resolved() }
        #expect(error?.description.contains(sentence) == true, "\(String(describing: error))")
    }

    @Test("a broken file is named with what is wrong in it", arguments: [
        ("format: 2", "format: 9", "format 9 is unknown"), ("expected:", "unexpected:", "'expected' is missing"),
        ("seed: 1", "seed: one", "seed"), ("format: 2", "format: [2", "sample.yaml"),
    ])
    func brokenFile(old: String, new: String, sentence: String) throws {
        let text = try golden(sampleRecord()).text()
        #expect(text.contains(old))
        let error = #expect(throws: GoldenError.self) {
            try GoldenFile(parsing: text.replacing(old, with: new), file: "sample.yaml")
        }
        #expect(error?.description.contains(sentence) == true, "\(String(describing: error))")
        #expect(error?.file == "sample.yaml")
    }
}

@Suite("limits in golden files") struct GoldenLimitTests {
    private func text(_ words: [String]) throws -> String {
        var record = sampleRecord()
        record.scenario.lossLimits = try LossLimits(parsing: words)
        return try GoldenFile(record, Judgement(record)).text()
    }

    private static let plain = "  loss_limits:\n    counter: 5%\n    gauge: 2%\n    timing: 1%\n    critical: 0%\n    patterns: none\n"

    @Test("the limits are written even where they are standard, all four classes and the patterns")
    func standard() throws {
        #expect(try text([]).contains(Self.plain + "expected:\n"))
        let stated = try text(["timing=2%", "http.*=0.5%", "*=100%"])
        #expect(stated.contains("    timing: 2%\n    critical: 0%\n    patterns:\n      '*': 100%\n      http.*: 0.5%\nexpected:"), "\(stated)")
        #expect(stated.contains("    http.*: '20 of 1100 lost, less than 0.5% may be lost: broken'"))
        #expect(stated.contains("  verdict: 'limits broken: http.*'"))
    }

    @Test("they read back, whatever the pattern", arguments: [
        [], ["counter=0%", "gauge=100%", "critical=1.25%"], ["*=1%", "a: b=1%", "'x'*=2%", "123=3%", "~=4%", "true=5%", "none=6%", "- a=7%"],
        ["#x=1%", "&x*=2%", "a, b=3%", "{a}*=4%", "[a]=5%", "!x=6%", "@x=7%", "a #b=8%", "\"q\"=9%", " a =10%", "?=11%", "%x=12%", "<<=13%"],
        [String(repeating: "x", count: 254) + "*=1%", "café=0%", "日本.*=2%", "patterns=1%", "a=b=c=1%"],
    ])
    func roundTrip(words: [String]) throws {
        let file = try GoldenFile(parsing: try text(words), file: "sample.yaml")
        let limits = try file.scenario.resolved().lossLimits
        #expect(try limits == LossLimits(parsing: words), "\(limits.all)")
        var record = sampleRecord()
        record.scenario.lossLimits = limits
        #expect(GoldenDiff(recorded: file.expected, actual: GoldenFile(record, Judgement(record)).expected).lines.isEmpty)
    }

    @Test("a limit that cannot be used is refused with its key and what is allowed", arguments: [
        ("counter: 5%", "counter: 0.05", "loss_limits.counter: 0.05"), ("timing: 1%", "timing: 200%", "loss_limits.timing"),
        ("patterns: none", "patterns: some", "patterns: none, or a table"), ("patterns: none", "patterns: {a*b: 1%}", "a * at its"),
        ("patterns: none", "patterns: {timing: 1%}", "no name of a class"), ("patterns: none", "patterns: {a.*: [1%]}", "loss_limits.a.*"),
    ])
    func refused(old: String, new: String, sentence: String) throws {
        let edited = try text([]).replacing(Self.plain, with: Self.plain.replacing(old, with: new))
        let file = try GoldenFile(parsing: edited, file: "sample.yaml")
        let error = #expect(throws: UnitError.self) { try file.scenario.resolved() }
        #expect(error?.description.contains(sentence) == true, "\(String(describing: error))")
    }

    @Test("a file without them is refused by the key that is missing", arguments: [
        (plain, "", "'scenario.loss_limits' is missing"), ("    gauge: 2%\n", "", "'scenario.loss_limits.gauge' is missing"),
    ])
    func missing(old: String, new: String, sentence: String) throws {
        let edited = try text([]).replacing(old, with: new)
        let error = #expect(throws: GoldenError.self) { try GoldenFile(parsing: edited, file: "sample.yaml") }
        #expect(error?.description.contains(sentence) == true, "\(String(describing: error))")
    }

    @Test("a file of the format before is refused, and the command that rewrites it is named", arguments: [
        ("golden/sample.yaml", "`statsreplay run --update`"), ("a/golden/sample.yaml", "`statsreplay run --update`"),
        ("my files/sample.yaml", "`statsreplay run --update --golden-folder 'my files'`"),
        ("sample.yaml", "`statsreplay run --update --golden-folder .`"),
    ])
    func older(path: String, command: String) throws {
        let old = try text([]).replacing(Self.plain, with: "").replacing("format: 2", with: "format: 1")
        let error = #expect(throws: GoldenError.self) { try GoldenFile(parsing: old, file: path) }
        let sentence = try #require(error).description
        #expect(sentence.contains("format 1 is older than this version's 2") && sentence.contains(command), "\(sentence)")
        let asked = try GoldenFile.Outdated(parsing: old, file: path)
        #expect(try asked.scenario.resolved() == sampleRecord().scenario && asked.capture == "sample.pcapng")
        #expect(throws: GoldenError.self) { try GoldenFile.Outdated(parsing: try text([]), file: path) }
    }
}

@Suite("RunVerification") struct RunVerificationTests {
    /// A folder that is gone after `body`.
    private func withFolder(_ body: (String) throws -> Void) throws {
        let folder = try TemporaryFolder()
        try body(folder.path("golden"))
    }

    private func verify(
        _ record: RunRecord, _ folder: String, mode: GoldenMode = .optional, update: Bool = false, mayWrite: Bool = true
    ) throws -> RunVerification {
        try RunVerification(record, store: GoldenStore(folder: folder), mode: mode, update: update, mayWrite: mayWrite)
    }

    @Test("without a golden file the limits decide, and CI leaves the run unverified")
    func noGolden() throws {
        try withFolder { folder in
            let plain = try verify(sampleRecord(), folder)
            #expect(plain.verdict == .verified)
            let required = try verify(sampleRecord(), folder, mode: .required)
            #expect(required.verdict == .unverified)
            var lossy = sampleRecord()
            lossy.ledger.offered.add(.serviceCheck, content: 5)
            lossy.ledger.recordLoss(.networkLoss, .serviceCheck, content: 5)
            let run = try verify(lossy, folder)
            #expect(run.verdict == .failed && run.reasons.contains { $0.hasPrefix("critical: 1 of 11 lost") })
            let lossyRequired = try verify(lossy, folder, mode: .required)
            #expect(lossyRequired.verdict == .unverified)
        }
    }

    @Test("broken limits verify once a golden file expects them; a changed result fails and is written beside")
    func recorded() throws {
        try withFolder { folder in
            var lossy = sampleRecord()
            lossy.ledger.offered.add(.serviceCheck, content: 5)
            lossy.ledger.recordLoss(.networkLoss, .serviceCheck, content: 5)
            let recording = try verify(lossy, folder, update: true)
            #expect(recording.golden == .recorded(path: "\(folder)/sample-loss-3.yaml"))
            let again = try verify(lossy, folder, mode: .required)
            #expect(again.verdict == .verified)

            var changed = lossy
            changed.packets.sent += 1
            changed.packets.delivered += 1
            let inCI = try verify(changed, folder, mayWrite: false)
            #expect(inCI.verdict == .failed && inCI.reasons.contains("packets sent: 1 more (recorded 50, now 51)"))
            let actual = "\(folder)/sample-loss-3.actual.yaml"
            #expect(!FileManager.default.fileExists(atPath: actual))
            _ = try verify(changed, folder)
            #expect(FileManager.default.fileExists(atPath: actual))
            _ = try verify(lossy, folder)
            #expect(!FileManager.default.fileExists(atPath: actual))
        }
    }

    @Test("a changed capture is named")
    func changedCapture() throws {
        try withFolder { folder in
            _ = try verify(sampleRecord(), folder, update: true)
            var other = sampleRecord()
            other.capture.crc32 = 1
            let run = try verify(other, folder)
            #expect(run.verdict == .failed && run.reasons.contains { $0.contains("capture sample.pcapng changed") })
        }
    }

    @Test("a broken law fails the run, is never recorded, and no golden file excuses it")
    func brokenLaw() throws {
        try withFolder { folder in
            var broken = sampleRecord()
            broken.ledger.offered.add(.counter, content: 1)
            let updated = try verify(broken, folder, update: true)
            #expect(updated.verdict == .failed)
            #expect(GoldenStore(folder: folder).entries.isEmpty)
            let without = try verify(broken, folder, mode: .none)
            #expect(without.verdict == .failed)
        }
    }

    @Test("nothing replayed is unverified, even to --update")
    func nothing() throws {
        try withFolder { folder in
            let identity = CaptureIdentity(name: "a.pcap", path: "a.pcap", byteCount: 24, crc32: 0)
            let run = try verify(RunRecord(capture: identity, scenario: Scenario()), folder, update: true)
            #expect(run.verdict == .unverified && GoldenStore(folder: folder).entries.isEmpty)
        }
    }

    @Test("the command to repeat a run quotes what a shell would split, and always states the seed")
    func command() {
        var record = sampleRecord()
        record.capture.path = "my captures/it's.pcap"
        #expect(RunVerification.command(record) == #"statsreplay run 'my captures/it'\''s.pcap' --loss 3% --seed 1"#)
    }
}
