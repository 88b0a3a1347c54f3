import Foundation
import NetworkEmulator
import PacketCapture
import StatsModel
import ReplayEngine
import StatsPipeline
import Testing

@testable import Verification

@Suite("Tolerance") struct ToleranceTests {
    /// The worst of all steps at which a class's limit holds in every seed, found by trying them one by one.
    static func exhaustively(
        _ capture: CaptureIdentity, _ question: ToleranceQuestion, _ lossClass: LossClass, upTo end: Int
    ) throws -> Int? {
        var last: Int?
        for step in 0...end {
            let holds = try question.seeds.seeds.allSatisfy { seed in
                var scenario = question.scenario(question.clients[0].configuration, step: step)
                scenario.seed = seed
                return Judgement(try Replay.run(capture, scenario: scenario)).losses[Int(lossClass.rawValue)].holds
            }
            guard holds else { return last }
            last = step
        }
        return last
    }

    @Test("bisection finds the very step at which a limit breaks", arguments: [LossClass.counter, .timing, .critical])
    func bisection(lossClass: LossClass) throws {
        try SeedSweepTests.withCapture { capture in
            var question = ToleranceQuestion()
            question.seeds = SeedRange(3...4)
            question.clients[0].configuration = .bare
            question.clients[0].configuration.batchSize = 4
            let result = try ToleranceResult(capture, question)
            let found = try #require(result.answers[0].byLimit[Int(lossClass.rawValue)])
            #expect(try Self.exhaustively(capture, question, lossClass, upTo: found + 1) == found)
            #expect(result.verdict == .verified)
        }
    }

    /// The same by trying, for faults that each seed places on its own.
    static func exhaustively(
        _ capture: CaptureIdentity, _ question: ToleranceQuestion, placed fault: VariedFault, steps: StrideThrough<Int>
    ) throws -> Int? {
        let plain = try Replay.run(capture, scenario: question.scenario(question.clients[0].configuration, step: 0))
        var last: Int?
        for step in steps {
            let holds = try question.seeds.seeds.allSatisfy { seed in
                var scenario = question.scenario(question.clients[0].configuration, step: step)
                scenario.seed = seed
                fault.place(step, in: &scenario, extent: plain.client.end - .start)
                let judgement = Judgement(try Replay.run(capture, scenario: scenario))
                return judgement.brokenLimits.isEmpty && judgement.faults.isEmpty
            }
            guard holds else { return last }
            last = step
        }
        return last
    }

    @Test("the longest burst or outage is the very one at which a limit breaks, and its curve never falls",
        arguments: [(VariedFault.burst, SeedRange(3...6), "lost in a row"), (.outage, SeedRange(1...3), "of outage")])
    func placed(fault: VariedFault, seeds: SeedRange, words: String) throws {
        try SeedSweepTests.withCapture { capture in
            var question = ToleranceQuestion()
            question.fault = fault
            question.clients[0].configuration = .bare
            question.seeds = seeds
            question.clients[0].configuration.batchSize = 2
            question.clients[0].configuration.maximumBatchAge = .milliseconds(1)
            let result = try ToleranceResult(capture, question)
            let found = try #require(result.answers[0].all)
            #expect(found > 0 && found < fault.worst)
            #expect(try Self.exhaustively(capture, question, placed: fault, steps: stride(from: 0, through: found + 1, by: 1)) == found)
            Self.expectNested(result.answers[0].curve, fault)
            #expect(ToleranceText().lines(result)[0].hasSuffix("every limit holds up to \(fault.text(found)) \(words)"))
        }
    }

    private static func expectNested(_ curve: [ToleranceStep], _ fault: VariedFault) {
        #expect(curve.last.map { $0.worst.contains { $0 > 0 } } == true)
        for (milder, harder) in zip(curve, curve.dropFirst()) {
            #expect(zip(milder.worst, harder.worst).allSatisfy { $0 <= $1 }, "\(fault.text(milder.step))")
            #expect(zip(milder.median, harder.median).allSatisfy { $0 <= $1 }, "\(fault.text(milder.step))")
        }
    }

    @Test("of several edges, which sending again can leave, the mildest that was met counts")
    func mildestEdge() throws {
        try SeedSweepTests.withCapture { capture in
            let question = ToleranceQuestion()
            var probe = ToleranceProbe(capture, question, .bare, extent: .zero) { _ in }
            let isGood = { (step: ToleranceStep) in step.step < 9 || (step.step > 14 && step.step < 40) }
            #expect(try probe.worst(where: isGood) == 39, "steps 9 to 14 were not looked at")
            _ = try probe.at(12)
            #expect(try probe.worst(where: isGood) == 8)
            #expect(try probe.worst { $0.step > 0 } == nil)
            #expect(try probe.worst { _ in true } == VariedFault.loss.worst)
        }
    }

    @Test("the answer for all limits is the lowest of theirs, and a class that nobody offered has none")
    func all() throws {
        try SeedSweepTests.withCapture { capture in
            var question = ToleranceQuestion()
            question.seeds = SeedRange(1...3)
            question.clients = [("bare", .bare), ("standard", .standard)]
            let result = try ToleranceResult(capture, question)
            #expect(result.isOffered == [true, false, true, true])
            for answer in result.answers {
                #expect(answer.all == answer.byLimit.compactMap { $0 }.min() && answer.byLimit[1] == nil)
                #expect(answer.curve.count == question.points + 1 && answer.curve[0].worst == [0, 0, 0, 0])
            }
            let (bare, standard) = (result.answers[0], result.answers[1])
            #expect(try #require(standard.all) > (try #require(bare.all)), "sending again helps")
            let text = ToleranceText().lines(result).joined(separator: "\n")
            #expect(text.hasPrefix("client bare: every limit holds up to ") && !text.contains("gauge"))
            let report = try JSONSerialization.jsonObject(with: try ToleranceReport(result).json()) as? [String: Any]
            #expect((report?["clients"] as? [Any])?.count == 2 && report?["vary"] as? String == "loss")
        }
    }

    @Test("a pattern's limit is asked for like a class's, and its own loss decides")
    func patterns() throws {
        try SeedSweepTests.withCapture { capture in
            var question = ToleranceQuestion()
            question.seeds = SeedRange(1...3)
            question.clients = [("bare", .bare)]
            question.scenario.lossLimits = try LossLimits(parsing: ["a.count=0%", "*=50%", "no.such=1%", "critical=100%"])
            let result = try ToleranceResult(capture, question)
            #expect(result.isOffered == [true, false, true, true, true, true, false])
            let answer = result.answers[0]
            let (all, count, counters) = (try #require(answer.byLimit[4]), try #require(answer.byLimit[5]), try #require(answer.byLimit[0]))
            #expect(answer.all == count && count <= counters && all > count && answer.byLimit[6] == nil)
            let text = ToleranceText().lines(result)
            #expect(text.contains { $0.hasSuffix("counter       timing     critical            *      a.count") }, "\(text)")
            let report = String(decoding: try ToleranceReport(result).json(), as: UTF8.self)
            #expect(report.contains("\"a.count\" :") && !report.contains("no.such"))
            #expect(try question.unmatchedLimits(in: [capture]).count == 1)
        }
    }

    @Test("the curve of nested losses never falls", arguments: [VariedFault.loss, .corrupt])
    func monotone(fault: VariedFault) throws {
        try SeedSweepTests.withCapture { capture in
            var question = ToleranceQuestion()
            question.fault = fault
            question.clients[0].configuration = .bare
            question.seeds = SeedRange(1...2)
            let curve = try ToleranceResult(capture, question).answers[0].curve
            for (milder, harder) in zip(curve, curve.dropFirst()) {
                #expect(zip(milder.worst, harder.worst).allSatisfy { $0 <= $1 }, "\(fault.text(milder.step))")
                #expect(zip(milder.median, harder.median).allSatisfy { $0 <= $1 }, "\(fault.text(milder.step))")
            }
        }
    }

    @Test("a limit broken without the fault is never, one that no step breaks is always")
    func extremes() throws {
        try SeedSweepTests.withCapture { capture in
            var question = ToleranceQuestion()
            question.seeds = SeedRange(1...2)
            question.fault = .multiplier
            let always = try ToleranceResult(capture, question)
            #expect(always.answers[0].all == VariedFault.multiplier.worst && always.verdict == .verified)
            #expect(ToleranceText().lines(always)[0].contains("every limit holds at any speed looked at, 10001.0 x the last"))
            question.scenario.impairments.loss = Ratio(50, outOf: 100)
            question.clients[0].configuration = .bare
            let never = try ToleranceResult(capture, question)
            #expect(never.answers[0].all == nil && never.verdict == .failed)
            #expect(ToleranceText().lines(never)[0].contains("breaks even without speed"))
        }
    }
}
