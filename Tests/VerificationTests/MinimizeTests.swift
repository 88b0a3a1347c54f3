import Foundation
import NetworkEmulator
import PacketCapture
import StatsPipeline
import StatsModel
import ReplayEngine
import Testing

@testable import Verification

@Suite("Minimize") struct MinimizeTests {
    /// The answer for a capture of 600 events in 200 datagrams, with packets of two events.
    static func answer(
        _ capture: CaptureIdentity, mutation: Mutation? = nil, limit: Int = 2000, reason: String? = nil,
        _ change: (inout Scenario) throws -> Void = { _ in }
    ) throws -> MinimizeAnswer {
        var scenario = Scenario()
        // What is lost stays lost.
        scenario.client = .bare
        scenario.client.batchSize = 2
        try change(&scenario)
        var question = MinimizeQuestion(capture: capture, scenario: scenario)
        question.mutation = mutation
        question.reason = reason
        question.runLimit = limit
        return try MinimizeAnswer(question)
    }

    static func found(_ answer: MinimizeAnswer) throws -> Minimization {
        guard case .found(let result) = answer else {
            Issue.record("nothing was found: \(answer)")
            throw CancellationError()
        }
        return result
    }

    private static func fails(
        _ excerpt: CaptureExcerpt, _ scenario: Scenario, _ result: Minimization, _ mutation: Mutation?
    ) -> Bool {
        let record = Replay.run(excerpt, of: result.whole.capture, scenario: scenario, mutation: mutation)
        return Judgement(record).reasons.contains(result.reason)
    }

    /// What is left fails, and without any single event, chosen packet or rule it does not.
    static func expectOneMinimal(_ result: Minimization, _ what: String, mutation: Mutation? = nil) {
        let scenario = result.scenario
        #expect(fails(result.excerpt, scenario, result, mutation), "\(what): it does not fail at all")
        let pieces = ExcerptPieces(result.excerpt)
        for index in 0..<pieces.count {
            let rest = pieces.keeping((0..<pieces.count).filter { $0 != index })
            #expect(!fails(rest, scenario, result, mutation), "\(what): piece \(index) of \(pieces.count) is not needed")
        }
        for part in scenario.parts(withEnds: true) {
            #expect(!fails(result.excerpt, scenario.without([part]), result, mutation), "\(what): \(part) is not needed")
        }
        let dropped = ChosenPackets(scenario.impairments.drop).numbers
        for number in dropped {
            var less = scenario
            less.impairments.drop = ChosenPackets(numbers: dropped.filter { $0 != number }).ranges
            #expect(!fails(result.excerpt, less, result, mutation), "\(what): dropping \(number) is not needed")
        }
    }

    @Test("loss comes down to one event of the class and one packet dropped, with every seed", arguments: [LossClass.counter, .timing, .critical])
    func loss(lossClass: LossClass) throws {
        try SeedSweepTests.withCapture { capture in
            for seed in 1...6 as ClosedRange<UInt64> {
                let answer = try Self.answer(capture, reason: "limit:\(lossClass.name)") {
                    $0.seed = seed
                    $0.impairments.losses = [try LossModel(parsing: "20%")]
                    $0.impairments.delay = .milliseconds(3)
                    $0.impairments.reorder = Ratio(10, outOf: 100)
                }
                let result = try Self.found(answer)
                #expect(result.reason == .limit(lossClass) && result.isComplete)
                let ledger = result.smallest.ledger
                #expect(ledger.offered.counts.total == 1 && ledger.offered.counts.total(of: lossClass) == 1, "seed \(seed)")
                #expect(result.excerpt.count == 1 && result.whole.source.datagrams == 200)
                #expect(result.scenario.arguments == ["--drop", "1", "--seed", "\(seed)"])
                #expect(result.runs < 120, "seed \(seed): \(result.runs) runs")
                Self.expectOneMinimal(result, "seed \(seed)")
            }
        }
    }

    @Test("a pattern's limit comes down to one event of its metrics, and the command states that limit alone")
    func pattern() throws {
        try SeedSweepTests.withCapture { capture in
            let answer = try Self.answer(capture, reason: "limit:b.*") {
                $0.impairments.losses = [try LossModel(parsing: "20%")]
                $0.lossLimits = try LossLimits(parsing: ["b.*=1%", "a.count=0%", "counter=0%"])
            }
            let result = try Self.found(answer)
            #expect(result.reason == .patternLimit("b.*") && result.smallest.ledger.offered.counts.total == 1)
            #expect(result.scenario.arguments == ["--drop", "1", "--limit", "b.*=1%", "--seed", "1"])
            #expect(result.otherReasons.map(\.description).contains("limit:a.count"))
            Self.expectOneMinimal(result, "b.*")
            guard case .unmatchedLimits(let sentences) = try Self.answer(capture, { $0.lossLimits["c.*"] = .zero }) else {
                Issue.record("a limit without metrics is accepted")
                return
            }
            #expect(sentences.count == 1 && sentences[0].contains("'c.*'"))
        }
    }

    /// Faults of every kind that break a limit, and the least that can be left of each.
    static let faults: [(words: String, change: @Sendable (inout Impairments) throws -> Void, arguments: [String]?)] = [
        ("corruption becomes certain", { $0.corruptions = [Corruption(.truncate, share: Ratio(30, outOf: 100))] }, ["--corrupt", "truncate:100%", "--only", "1"]),
        ("bursts become a drop", { $0.losses = [try LossModel(parsing: "gemodel:5%,25%")] }, ["--drop", "1"]),
        ("chosen drops are lowered", { $0.drop = [40...60, 90...UInt64.max] }, ["--drop", "1"]),
        ("a repeating failure becomes one", { $0.failures = [try DownstreamFault(parsing: "blackhole@0s+200ms/1s")] }, ["--fail", "blackhole@0s+200ms"]),
        ("of two causes one is left", { $0.losses = [try LossModel(parsing: "20%")]; $0.corruptions = [Corruption(share: Ratio(20, outOf: 100))] }, nil),
    ]

    @Test("each kind of fault comes down to its least form", arguments: faults.indices)
    func kinds(index: Int) throws {
        let fault = Self.faults[index]
        try SeedSweepTests.withCapture { capture in
            let result = try Self.found(try Self.answer(capture) { try fault.change(&$0.impairments) })
            #expect(result.reason == .limit(.critical) && result.isComplete, "\(fault.words)")
            #expect(result.smallest.ledger.offered.counts.total == 1, "\(fault.words)")
            #expect(result.scenario.impairments.faultCount(sent: result.smallest.packets.sent) == 1, "\(fault.words)")
            if let arguments = fault.arguments { #expect(result.scenario.impairments.arguments == arguments, "\(fault.words)") }
            Self.expectOneMinimal(result, fault.words)
        }
    }

    @Test("for a client that sends again, every sending of the packet is affected", arguments: [
        (["90%"], [], ["--drop", "1"]), ([], ["95%"], ["--corrupt", "100%", "--only", "1"]), (["80%"], ["50%"], ["--drop", "1"]),
    ] as [([String], [String], [String])])
    func retransmitted(loss: [String], corrupt: [String], arguments: [String]) throws {
        try SeedSweepTests.withCapture { capture in
            let result = try Self.found(
                try Self.answer(capture) { scenario in
                    scenario.client.reliability = ReliabilityConfiguration()
                    scenario.impairments.losses = try loss.map { try LossModel(parsing: $0) }
                    scenario.impairments.corruptions = try corrupt.map { try Corruption(parsing: $0) }
                })
            #expect(result.isComplete && result.scenario.impairments.arguments == arguments)
            #expect(result.smallest.ledger.offered.counts.total == 1)
            Self.expectOneMinimal(result, "\(arguments)")
        }
    }

    @Test("a queue that runs over keeps as many events as it takes to fill it")
    func bandwidth() throws {
        try SeedSweepTests.withCapture { capture in
            let result = try Self.found(
                try Self.answer(capture, reason: "limit:critical") {
                    $0.pace = .topspeed
                    $0.impairments.bottleneck = Bottleneck(rate: BitRate(bitsPerSecond: 100_000), queue: .packets(3))
                })
            // Three packets wait, the one being sent among them: it takes a fourth for one to be lost.
            let packets = result.smallest.packets
            #expect(packets.sent >= 4 && packets.sent <= 10 && packets.dropped == 1, "\(packets), \(MinimizeText().lines(result, path: "x", isConfirmed: true))")
            #expect(result.scenario.impairments.bottleneck != nil && result.isComplete)
            Self.expectOneMinimal(result, "bandwidth")
        }
    }

    /// What is broken on purpose, the reason it shows for, and the least of events and faults with which it does: the
    /// mutations apply at every n-th opportunity.
    static let mutations: [(mutation: Mutation, reason: String, events: UInt64?, faults: UInt64?)] = [
        (.loseEvents, "law", 100, 0), (.missGaps, "gaps:missed", nil, 10), (.inventGaps, "gaps:false", nil, 5),
        (.acceptCorrupt, "law", nil, 1), (.refuseIntact, "checksums:false", nil, 0), (.countDuplicates, "duplicates:missed", 1, 1),
        (.changeValues, "law:contents", 100, 0),
    ]

    @Test("a broken stage comes down to the occasion on which it breaks", arguments: mutations.indices)
    func broken(index: Int) throws {
        let (mutation, reason, events, faults) = Self.mutations[index]
        try SeedSweepTests.withCapture { capture in
            let result = try Self.found(
                try Self.answer(capture, mutation: mutation, reason: reason) {
                    $0.impairments = SelfTest.scenario(seed: 1).impairments
                })
            let what = "\(mutation), \(result.scenario.arguments), \(result.runs) runs"
            #expect(result.reason.isMeant(by: reason) && result.isComplete, "\(what)")
            if let events { #expect(result.smallest.ledger.offered.counts.total == events, "\(what)") }
            if let faults { #expect(result.scenario.impairments.faultCount(sent: result.smallest.packets.sent) == faults, "\(what)") }
            Self.expectOneMinimal(result, what, mutation: mutation)
        }
    }

    @Test("the same question has the same answer, to the byte of the file")
    func determinism() throws {
        try SeedSweepTests.withCapture { capture in
            let results = try (0..<2).map { _ in
                try Self.found(try Self.answer(capture) { $0.impairments.loss = Ratio(10, outOf: 100) })
            }
            #expect(results[0].file(application: "test") == results[1].file(application: "test"))
            #expect(results[0].command("x") == results[1].command("x") && results[0].runs == results[1].runs)
        }
    }

    @Test("the file that is written replays as the smallest run did, and its comment says where it is from")
    func file() throws {
        try SeedSweepTests.withCapture { capture in
            let result = try Self.found(
                try Self.answer(capture, mutation: nil, limit: 12) { $0.impairments.loss = Ratio(30, outOf: 100) })
            let path = capture.path + ".min.pcapng"
            try result.write(to: path, application: "statsreplay test")
            let record = try Replay.run(try CaptureIdentity(reading: path), scenario: result.scenario)
            #expect(record.ledger == result.smallest.ledger && record.metrics == result.smallest.metrics)
            #expect(record.source == result.smallest.source && record.client.end == result.smallest.client.end)
            #expect(record.packets == result.smallest.packets && record.gapRanges == result.smallest.gapRanges)
            let text = String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
            #expect(text.contains("\(result.excerpt.count) of 200 datagrams of sweep.pcap") && text.contains("limit:critical"))
        }
    }

    @Test("the limit of runs is kept, what was reached still fails, and it is said", arguments: [1, 2, 3, 7, 20])
    func cutShort(limit: Int) throws {
        try SeedSweepTests.withCapture { capture in
            let result = try Self.found(try Self.answer(capture, limit: limit) { $0.impairments.loss = Ratio(10, outOf: 100) })
            #expect(result.runs <= limit && !result.isComplete)
            #expect(Self.fails(result.excerpt, result.scenario, result, nil))
            let lines = MinimizeText().lines(result, path: "x.min.pcapng", isConfirmed: true)
            #expect(lines.contains { $0.contains("\(limit) run") && $0.contains("may not be the smallest: raise --runs") })
        }
    }

    @Test("a run that holds, or fails for another reason, is said to")
    func nothing() throws {
        try SeedSweepTests.withCapture { capture in
            guard case .holds(let record) = try Self.answer(capture) else {
                Issue.record("a perfect network fails")
                return
            }
            let sentence = MinimizeText.nothing(record, reasons: [], wanted: nil)
            #expect(sentence.contains("does not fail") && sentence.contains("timing 0.00 % lost, limit < 1 %") && !sentence.contains("gauge"))
            let other = try Self.answer(capture, reason: "gaps") { $0.impairments.loss = Ratio(20, outOf: 100) }
            guard case .otherReasons(let broken, let reasons) = other else {
                Issue.record("no gap is missed here")
                return
            }
            #expect(reasons == [.limit(.critical), .limit(.counter), .limit(.timing)])
            let text = MinimizeText.nothing(broken, reasons: reasons, wanted: "gaps")
            #expect(text.contains("does not fail for gaps, but for limit:critical, limit:counter, limit:timing"))
        }
    }

    @Test("limit and duration are cut away with what they kept from being offered")
    func ends() throws {
        try SeedSweepTests.withCapture { capture in
            let result = try Self.found(
                try Self.answer(capture, limit: 2) {
                    $0.impairments.loss = Ratio(30, outOf: 100)
                    $0.limit = 50
                })
            #expect(result.excerpt.count == 50 && result.scenario.limit == nil && result.whole.source.datagrams == 50)
        }
    }

    @Test("the report begins with the verdict and ends with the command; an unconfirmed one says so")
    func text() throws {
        try SeedSweepTests.withCapture { capture in
            let result = try Self.found(try Self.answer(capture) { $0.impairments.loss = Ratio(20, outOf: 100) })
            let lines = MinimizeText().lines(result, path: "a b.min.pcapng", isConfirmed: true)
            #expect(lines[0] == "SMALLEST: 1 of 200 datagrams, 1 of 600 events, 1 fault still fail: the limit of critical is broken")
            #expect(lines.last == "  repeat: statsreplay run 'a b.min.pcapng' --drop 1 --seed 1 --golden none")
            #expect(lines.contains("  events     +0.000000 s  _e{5,4}:title|text") && lines.contains("  faults     drop 1"))
            #expect(MinimizeText().lines(result, path: "x", isConfirmed: false)[0].hasPrefix("UNCONFIRMED: "))
            let object = try #require(
                try JSONSerialization.jsonObject(with: try MinimizeReport(result, path: "x", isConfirmed: false).json()) as? [String: Any])
            #expect(object["verdict"] as? String == "unconfirmed" && object["reason"] as? String == "limit:critical")
            #expect((object["smallest"] as? [String: Int]) == ["datagrams": 1, "events": 1, "packets": 1, "faults": 1])
        }
    }
}
