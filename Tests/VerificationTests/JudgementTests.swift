import StatsModel
import StatsPipeline
import ReplayEngine
import Testing

@testable import Verification

@Suite("LossMeasure") struct LossMeasureTests {
    private func measure(_ lossClass: LossClass, _ offered: UInt64, _ delivered: UInt64) -> LossMeasure {
        LossMeasure(LossLimit(.lossClass(lossClass), LossLimits.standard[lossClass]), offered: offered, delivered: delivered)
    }

    @Test("a limit is held strictly below, and exactly zero for what is critical", arguments: [
        (.counter, 1000, 951, true), (.counter, 1000, 950, false), (.gauge, 1000, 981, true), (.gauge, 1000, 980, false),
        (.timing, 1000, 991, true), (.timing, 1000, 990, false), (.critical, 1000, 1000, true),
        (.critical, 1000, 999, false), (.critical, 0, 0, true), (.timing, 0, 0, true), (.counter, 1, 0, false),
    ] as [(LossClass, UInt64, UInt64, Bool)])
    func limits(lossClass: LossClass, offered: UInt64, delivered: UInt64, holds: Bool) {
        #expect(measure(lossClass, offered, delivered).holds == holds)
    }

    @Test("the arithmetic does not overflow, and nothing offered is no loss")
    func borders() {
        #expect(measure(.counter, .max, .max - 1).holds)
        #expect(!measure(.counter, .max, 0).holds)
        #expect(measure(.counter, 0, 0).percent == 0)
    }
}

@Suite("limits of a scenario") struct ScenarioLimitTests {
    private func judgement(_ words: [String], _ change: (inout RunRecord) -> Void = { _ in }) throws -> Judgement {
        var record = sampleRecord()
        record.scenario.lossLimits = try LossLimits(parsing: words)
        change(&record)
        return Judgement(record)
    }

    /// 20 of 1000 counters are lost, all of `http.requests`, and none of 100 timings, which are `http.latency`.
    @Test("each limit is judged by itself, and patterns pool what they match", arguments: [
        ([], []), (["counter=2%"], ["limit:counter"]), (["counter=2.1%"], []), (["counter=0%"], ["limit:counter"]),
        (["http.requests=2%"], ["limit:http.requests"]), (["http.requests=2.01%"], []), (["http.requests=0%"], ["limit:http.requests"]),
        (["http.latency=0%"], []), (["http.*=0%"], ["limit:http.*"]), (["http.*=1.8%"], ["limit:http.*"]), (["http.*=1.82%"], []),
        (["http.*=1%", "http.r*=1%", "counter=1%", "http.l*=1%"], ["limit:http.*", "limit:http.r*", "limit:counter"]),
        (["nothing.*=0%"], []),
    ])
    func judged(words: [String], keys: [String]) throws {
        let judgement = try judgement(words)
        #expect(judgement.reasons.map(\.description) == keys && judgement.faults.isEmpty)
        #expect(judgement.brokenLimits.count == keys.count)
        #expect(judgement.losses.count == 4 + words.filter { !$0.hasPrefix("counter") }.count)
    }

    @Test("recovered events are known; a metric that a client declares critical stays in its pattern, and is not recovered", arguments: [false, true])
    func recovered(isCritical: Bool) throws {
        let change = { (record: inout RunRecord) in
            var requests = record.metrics[0]
            requests.recovered = 19
            requests.isCritical = isCritical
            record.metrics = [requests, record.metrics[1]]
        }
        let judgement = try judgement(["http.r*=0.1%", "http.requests=0.2%"], change)
        let broken = judgement.brokenLimits.map(\.name)
        #expect(broken == (isCritical ? ["critical", "http.r*", "http.requests"] : ["http.r*"]), "1 of 1000 is 0.1 %")
        let lost: UInt64 = isCritical ? 20 : 1
        #expect(judgement.losses.suffix(2).allSatisfy { $0.lost == lost && $0.recovered == 20 - lost && $0.metrics == 1 })
    }

    @Test("a judge that ignores limits ignores those of patterns too")
    func ignored() throws {
        var record = sampleRecord()
        record.scenario.lossLimits = try LossLimits(parsing: ["http.*=0%"])
        #expect(Judgement(record, ignoringLimits: true).brokenLimits.isEmpty && Judgement(record).brokenLimits.count == 1)
    }

    @Test("a pattern is unmatched where no run has its metrics; one run that has them is enough")
    func unmatched() throws {
        var unmatched = UnmatchedLimits()
        unmatched.record(try judgement(["http.*=5%", "nothing.*=0%", "db.*=0%"]).losses)
        #expect(unmatched.patterns == ["db.*", "nothing.*"])
        unmatched.record(.init(try judgement(["db.*=0%"]) { record in
            record.metrics = [
                MetricOutcome(type: .gauge, label: "db.size", offered: 1, delivered: 1, offeredValue: 0, deliveredValue: 0)
            ]
        }.losses))
        unmatched.record(try judgement(["db.*=0%"]).losses)
        #expect(unmatched.patterns == ["nothing.*"])
        #expect(unmatched.sentences[0].hasPrefix("the limit of 'nothing.*' matches no metric of any run"))
        unmatched.record("never.sent", isMatched: false)
        #expect(unmatched.patterns == ["nothing.*", "never.sent"])
    }

    @Test("the reports name each pattern with its share, its metrics and its verdict")
    func reports() throws {
        var record = sampleRecord()
        record.scenario.lossLimits = try LossLimits(parsing: ["http.*=0.5%", "http.latency=0%", "timing=2%", "db.*=1%"])
        var result = SuiteResult()
        result.runs = [try RunVerification(record, store: GoldenStore(folder: "nowhere"), mode: .none, update: false, mayWrite: false)]
        let lines = RunText().lines(SuiteReport(result))
        #expect(lines.contains("  loss       counter       2.00 % (20 of 1000), limit < 5 %: holds"), "\(lines)")
        #expect(lines.contains("             timing        0.00 % (0 of 100), limit < 2 %: holds"))
        #expect(lines.contains("             http.*        1.82 % (20 of 1100, 2 metrics), limit < 0.5 %: BROKEN"))
        #expect(lines.contains("             http.latency  0.00 % (0 of 100, 1 metric), limit 0 %: holds"))
        #expect(lines.contains("             db.*          none offered"))
        #expect(result.runs[0].reasons == ["http.*: 20 of 1100 lost, less than 0.5% may be"])
        let json = String(decoding: try RunJSON(SuiteReport(result, seed: 1)).json(), as: UTF8.self)
        #expect(json.contains("\"pattern\" : \"http.*\"") && json.contains("\"limit_percent\" : 0.5"))
    }

    @Test("two results that differ in nothing but their limits have different fingerprints")
    func fingerprint() throws {
        var record = sampleRecord()
        let plain = try RunFingerprint(record)
        record.scenario.lossLimits["http.*"] = Ratio(50, outOf: 100)
        #expect(try RunFingerprint(record) != plain)
    }
}

@Suite("Judgement") struct JudgementTests {
    @Test("a sound record has no faults and its limits are measured")
    func sound() {
        let judgement = Judgement(sampleRecord())
        #expect(judgement.faults.isEmpty && judgement.brokenLimits.isEmpty && !judgement.isEmpty)
        #expect(judgement.losses.map(\.lost) == [20, 0, 0, 0])
    }

    /// One way to break a record, and what the judgement must then name.
    static let breakages: [(String, @Sendable (inout RunRecord) -> Void)] = [
        ("counter: 1 vanished", { $0.ledger.offered.add(.counter, content: 0) }),
        ("timing: 2 came from nowhere", { for _ in 0..<2 { $0.ledger.delivered.add(.timing, content: 0) } }),
        ("what the events say", { $0.ledger.delivered.contents &+= 1 }),
        ("data packets: sent 51", { $0.packets.sent += 1 }),
        ("1 records did not decode", { $0.undecodableRecords = 1 }),
        ("gap detection: 1 injected, 0 found, 1 missed", { $0.gaps.found = 0; $0.firstMissedGaps = [17...17] }),
        ("missed 17", { $0.gaps.found = 0; $0.firstMissedGaps = [17...17] }),
        ("1 false", { $0.gaps.falseAlarms = 1; $0.firstFalseGaps = [9...9] }),
        ("checksums: 3 injected, 0 found", { $0.checksums.injected = 3 }),
        ("checksums of heartbeats, closing and parity packets: 2 injected, 0 found", { $0.controlChecksums.injected = 2 }),
        ("duplicates: 0 injected, 0 found, 0 missed, 4 false", { $0.duplicates.falseAlarms = 4 }),
    ]

    @Test("every broken law and detector is named", arguments: breakages.indices)
    func broken(index: Int) {
        let (expected, damage) = Self.breakages[index]
        var record = sampleRecord()
        damage(&record)
        let faults = Judgement(record).faults
        #expect(faults.contains { $0.contains(expected) }, "\(expected) is not in \(faults)")
    }

    @Test("a record without events is empty")
    func empty() {
        let identity = CaptureIdentity(name: "a", path: "a", byteCount: 0, crc32: 0)
        #expect(Judgement(RunRecord(capture: identity, scenario: Scenario())).isEmpty)
    }
}
