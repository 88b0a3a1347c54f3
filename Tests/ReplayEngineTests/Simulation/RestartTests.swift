import NetworkEmulator
import StatsPipeline
import StatsModel
import StatsReceiver
import Testing
import Verification

@testable import ReplayEngine

@Suite("Restarts") struct RestartTests {
    private static func faults(_ record: RunRecord) -> [String] { Judgement(record).faults }

    private static func scenario(_ failures: String..., packets: Int = 1) throws -> Scenario {
        var scenario = Scenario()
        scenario.client.batchSize = packets
        scenario.impairments.failures = try failures.map { try DownstreamFault(parsing: $0) }
        return scenario
    }

    /// One event every 10 ms, 100 of them.
    private static func steady() throws -> SyntheticCapture {
        try SyntheticCapture(lines: (0..<100).map { (Int64($0) * 10_000_000, "steps:1|c") })
    }

    /// A client, a network and two or three restart rules, all drawn from the seed.
    private static func anything(_ seed: UInt64) throws -> Scenario {
        let random = KeyedRandom(seed: seed)
        func draw(_ rule: UInt64, below limit: UInt64) -> UInt64 { random.draw(rule: rule, flow: 7, sequence: 0) % limit }
        var scenario = Scenario()
        scenario.seed = seed
        scenario.client = ClientPreset.allCases[Int(draw(1, below: UInt64(ClientPreset.allCases.count)))].configuration
        scenario.client.batchSize = Int(1 + draw(2, below: 12))
        scenario.client.minimumBatchSize = nil
        scenario.client.maximumBatchAge = .milliseconds(Int64(1 + draw(3, below: 60)))
        scenario.client.heartbeatInterval = .milliseconds(Int64(100 + draw(4, below: 900)))
        scenario.client.redundancy = [.none, .critical, .all][Int(draw(5, below: 3))]
        scenario.client.copySpread = .milliseconds(Int64(1 + draw(6, below: 80)))
        // Holes are given up, pending and forgotten alike at restarts.
        scenario.receiver.reorderLimit = .milliseconds(Int64(150 + draw(7, below: 500)))
        scenario.receiver.window = 4096
        scenario.impairments.loss = Ratio(draw(8, below: 30), outOf: 100)
        scenario.impairments.duplicate = Ratio(draw(9, below: 20), outOf: 100)
        scenario.impairments.corrupt = Ratio(draw(10, below: 10), outOf: 100)
        scenario.impairments.reorder = Ratio(draw(11, below: 20), outOf: 100)
        scenario.impairments.reorderHold = .milliseconds(40)
        scenario.impairments.delay = .milliseconds(Int64(draw(12, below: 60)))
        scenario.impairments.jitter = .milliseconds(Int64(draw(13, below: 40)))
        var texts = ["restart@\(100 + draw(14, below: 2000))ms"]
        if draw(15, below: 2) == 0 { texts[0] += "+\(1 + draw(16, below: 300))ms" }
        if draw(17, below: 3) > 0 { texts[0] += "/\(310 + draw(18, below: 900))ms" }
        if draw(19, below: 3) > 0 {
            texts.append("client-restart@\(draw(20, below: 2500))ms" + (draw(21, below: 2) == 0 ? "/\(400 + draw(22, below: 900))ms" : ""))
        }
        if draw(23, below: 3) == 0 { texts.append("restart@\(draw(24, below: 3000))ms/1500ms") }
        if draw(25, below: 4) == 0 { texts.append("unreachable@1s+200ms/1s") }
        scenario.impairments.failures = try texts.map { try DownstreamFault(parsing: $0) }
        return scenario
    }

    @Test("whatever restarts, the law holds, the detectors are exact, and the run repeats", arguments: 1...60 as ClosedRange<UInt64>)
    func properties(seed: UInt64) throws {
        let scenario = try Self.anything(seed)
        let capture = try SyntheticCapture(lines: mixedLines(seed: seed, count: 3000))
        let record = try capture.replay(scenario)
        #expect(Self.faults(record).isEmpty, "seed \(seed): \(Self.faults(record)), \(scenario.arguments)")
        #expect(!record.restarts.isEmpty && record.packets.sent > 20, "seed \(seed)")
        let again = try capture.replay(scenario)
        #expect(again.ledger == record.ledger && again.gaps == record.gaps && again.restarts == record.restarts, "seed \(seed)")
    }

    @Test("what is broken on purpose is noticed across restarts too", arguments: Mutation.allCases.filter { $0 != .ignoreLimits && $0.client == .bare })
    func mutation(_ mutation: Mutation) throws {
        var noticed = 0
        var done = 0
        for seed in 1...12 as ClosedRange<UInt64> {
            let capture = try SyntheticCapture(lines: mixedLines(seed: seed, count: 2000))
            let record = try Replay.run(
                CaptureIdentity(reading: capture.path), scenario: try Self.anything(seed), mutation: mutation)
            guard record.mutationsApplied > 0 else { continue }
            done += 1
            if !Self.faults(record).isEmpty { noticed += 1 }
        }
        #expect(done > 2 && noticed == done, "\(noticed) of \(done)")
    }

    @Test("a gap that the receiver takes back without having reported it is missed, with restarts too", arguments: [false, true])
    func takenBackUnreported(restarts: Bool) {
        var accounting = GapAccounting(session: 1, receiver: ReceiverConfiguration(), keepsEpochs: restarts, nextRestart: nil)
        accounting.recordIntact(1, of: 1, isData: true, at: .start)
        accounting.recordIntact(6, of: 1, isData: true, at: .start)
        accounting.recordFound(2...3, of: 1)
        for number in 2...4 as ClosedRange<UInt64> {
            accounting.recordIntact(number, of: 1, isData: true, at: .start)
            accounting.recordAccepted(number, isLate: true, of: 1)
            accounting.recordRecovered(number...number, of: 1)
        }
        if restarts { accounting.restartReceiver(next: nil) }
        accounting.finish()
        #expect(accounting.score.missed == 1 && accounting.firstMissed.contains(4...4), "\(accounting.score)")
    }

    @Test("what a receiver that restarts passes over is outside the window, and what came behind a jump came")
    func jump() {
        var receiver = ReceiverConfiguration()
        receiver.maximumJump = 20_000
        var accounting = GapAccounting(session: 1, receiver: receiver, keepsEpochs: true, nextRestart: nil)
        accounting.restartReceiver(next: nil)
        // One number so far ahead is not believed, two that follow each other are.
        for number in [1, 60_000, 60_001, 60_003] as [UInt64] { accounting.recordIntact(number, of: 1, isData: true, at: .start) }
        for number in [30_000, 60_002] as [UInt64] { accounting.recordInjected(number) }
        accounting.recordFound(60_002...60_002, of: 1)
        accounting.restartReceiver(next: nil)
        #expect(accounting.isSettled(60_001, of: 1) && !accounting.isSettled(60_002, of: 1))
        accounting.finish()
        let score = accounting.score
        #expect(score.injected == 2 && score.found == 1 && score.outsideWindow == 1 && score.isPerfect, "\(score)")
    }

    @Test("a receiver that forgot calls the holes it had pending unknown, and those it gave up lost")
    func pendingHoles() throws {
        // Packet 11 is lost at 100 ms and given up at 210 ms, 50 is lost at 490 ms: pending when the receiver restarts.
        var scenario = try Self.scenario("restart@550ms")
        scenario.receiver.reorderLimit = .milliseconds(100)
        scenario.client.maximumBatchAge = .milliseconds(1)
        scenario.impairments.drop = [11...11, 50...50]
        let record = try Self.steady().replay(scenario)
        #expect(Self.faults(record).isEmpty, "\(Self.faults(record))")
        #expect(record.gaps.injected == 2 && record.gaps.found == 1 && record.gaps.undetectable == 1)
        #expect(record.ledger[.chosenLoss].counts.total == 2 && record.restarts.receiver == 1)
        let session = try #require(record.session)
        #expect(session.unknown == session.first - 1 && session.first > 50 && session.lost == 0)
    }

    @Test("a second copy that reaches the receiver behind its restart is delivered once and counted apart")
    func repeatedPackets() throws {
        var scenario = try Self.scenario("restart@500ms")
        scenario.client.redundancy = .all
        scenario.client.copySpread = .milliseconds(100)
        scenario.client.maximumBatchAge = .milliseconds(1)
        let record = try Self.steady().replay(scenario)
        #expect(Self.faults(record).isEmpty, "\(Self.faults(record))")
        #expect(record.ledger.delivered == record.ledger.offered)
        #expect(record.restarts.repeatedPackets == 10 && record.restarts.repeatedEvents.total == 10)
        #expect(record.duplicates.undetectable == 10 && record.duplicates.found == 90 && record.duplicates.injected == 100)
    }

    @Test("a receiver that is down refuses, and what it refuses carries its rule's name")
    func down() throws {
        var scenario = try Self.scenario("restart@200ms+300ms")
        scenario.client.maximumBatchAge = .milliseconds(1)
        let record = try Self.steady().replay(scenario)
        #expect(Self.faults(record).isEmpty, "\(Self.faults(record))")
        let loss = try #require(record.ruleLosses.first)
        #expect(loss.rule.description == "rule 1, fail restart@200ms+300ms" && loss.rule.kind.title == "agent restart")
        #expect(loss.packets == 30 && loss.events.total == 30)
        #expect(record.ledger[.networkLoss].counts.total == 15 && record.ledger[.sendFailed].counts.total == 15)
        // In both epochs the receiver only learned their numbers. They end below the first number that it received.
        #expect(record.gaps.injected == 30 && record.gaps.undetectable == 30)
    }

    @Test("a client that restarts loses what waits in it under a name of its own, sends no closing packet, and numbers from 1 again")
    func client() throws {
        // Packets of ten events: 46 are offered by then, but of the batch open at 455 ms nothing was sent.
        var scenario = try Self.scenario("client-restart@455ms", packets: 10)
        scenario.client.maximumBatchAge = .seconds(1)
        let capture = try Self.steady()
        let record = try capture.replay(scenario)
        #expect(Self.faults(record).isEmpty, "\(Self.faults(record))")
        #expect(record.ledger[.clientRestart].counts.total == 6 && record.ledger.lost.counts.total == 6)
        let loss = try #require(record.ruleLosses.first)
        #expect(loss.rule.kind == .clientRestart && loss.events.total == 6 && loss.packets == 0)
        #expect(record.restarts.client == 1 && record.session?.isClosed == false && record.session?.last == 4)
        #expect(Scenario.session(seed: 1, restarts: 0) == scenario.session && Scenario.session(seed: 1, restarts: 1) != scenario.session)
        var request = RunRequest()
        request.captures = [capture.path]
        request.scenario = scenario
        request.mode = .none
        let text = RunText().lines(SuiteReport(try RunSuite.run(request))).joined(separator: "\n")
        #expect(text.contains("6 client_restart") && text.contains("6 client restart (rule 1, fail client-restart@455ms)"))
        #expect(text.contains("restarts   0 of the receiver, 1 of the client"))
    }

    @Test("what aggregates hold when the client restarts is lost in number and in value", arguments: 1...6 as ClosedRange<UInt64>)
    func aggregates(seed: UInt64) throws {
        var scenario = try Self.scenario("client-restart@777ms/900ms", packets: 40)
        scenario.client = ClientPreset.highThroughput.configuration
        let record = try SyntheticCapture(lines: mixedLines(seed: seed, count: 3000)).replay(scenario)
        #expect(Self.faults(record).isEmpty, "seed \(seed): \(Self.faults(record))")
        #expect(record.ledger[.clientRestart].counts.total > 0 && record.restarts.client == 3, "seed \(seed)")
    }

    @Test("restarts happen before whatever else is due, and none of a client behind the capture's end")
    func order() throws {
        // The restart at 500 ms meets event 51 of 500 ms: the new client has it.
        let record = try Self.steady().replay(try Self.scenario("client-restart@500ms/495ms", packets: 10))
        #expect(Self.faults(record).isEmpty && record.restarts.client == 1)
        #expect(record.ledger.delivered == record.ledger.offered, "\(record.ledger[.clientRestart].counts.total) lost")
        let none = try Self.steady().replay(try Self.scenario("restart@1h", "client-restart@2h"))
        #expect(none.restarts.isEmpty && none.ledger.delivered == none.ledger.offered)
    }
}
