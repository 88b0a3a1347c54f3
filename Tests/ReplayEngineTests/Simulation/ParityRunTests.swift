import NetworkEmulator
import StatsPipeline
import StatsModel
import StatsReceiver
import Testing
import Verification

@testable import ReplayEngine

/// Parity in whole runs: the law, the detectors' scores and the costs, whatever the network does.
@Suite("parity in runs") struct ParityRunTests {
    private static func faults(_ record: RunRecord) -> [String] { Judgement(record).faults }

    /// A client with parity, at times with everything else too, and a network, all drawn from the seed.
    private static func anything(_ seed: UInt64) throws -> Scenario {
        let random = KeyedRandom(seed: seed)
        func draw(_ rule: UInt64, below limit: UInt64) -> UInt64 { random.draw(rule: rule, flow: 11, sequence: 0) % limit }
        var scenario = Scenario()
        scenario.seed = seed
        scenario.client = .parity
        scenario.client.parity = ParityConfiguration(
            groupSize: Int(1 + draw(1, below: 16)), parityCount: Int(1 + draw(2, below: 8)),
            interleave: Int(1 + draw(3, below: 5)), maximumAge: .milliseconds(Int64(1 + draw(4, below: 400))))
        scenario.client.batchSize = Int(1 + draw(5, below: 12))
        scenario.client.maximumBatchAge = .milliseconds(Int64(1 + draw(6, below: 60)))
        scenario.client.redundancy = [.none, .none, .critical, .all][Int(draw(7, below: 4))]
        scenario.client.copySpread = .milliseconds(Int64(1 + draw(8, below: 80)))
        if draw(9, below: 3) == 0 { scenario.client.reliability = ReliabilityConfiguration() }
        if draw(10, below: 4) == 0 { scenario.client.breaker = BreakerConfiguration() }
        // Short enough that packets are given up before their parity comes.
        scenario.receiver.reorderLimit = .milliseconds(Int64(20 + draw(11, below: 500)))
        scenario.receiver.window = 4096
        scenario.impairments = anyNetwork(draw, from: 12, loss: 35)
        var texts: [String] = []
        if draw(19, below: 2) == 0 { texts.append("restart@\(100 + draw(20, below: 2000))ms/\(310 + draw(21, below: 900))ms") }
        if draw(22, below: 2) == 0 { texts.append("client-restart@\(draw(23, below: 900))ms/\(400 + draw(24, below: 900))ms") }
        if draw(25, below: 4) == 0 { texts.append("refuse@1s+200ms/1s") }
        scenario.impairments.failures = try texts.map { try DownstreamFault(parsing: $0) }
        return scenario
    }

    @Test("the law holds, the detectors are exact, and the run repeats", arguments: 1...150 as ClosedRange<UInt64>)
    func properties(seed: UInt64) throws {
        let scenario = try Self.anything(seed)
        let capture = try SyntheticCapture(lines: mixedLines(seed: seed, count: 2500))
        let record = try capture.replay(scenario)
        #expect(Self.faults(record).isEmpty, "seed \(seed): \(Self.faults(record)), \(scenario.arguments), \(String(describing: scenario.client.parity))")
        #expect(record.packets.sent > 20 && record.parity.traffic.packets > 0, "seed \(seed)")
        let counts = record.parity.counts
        let ended = counts.used + counts.unneeded + counts.malformed + counts.oversize + counts.replaced
        #expect(counts.received == ended + counts.contradicted + counts.expired + counts.waiting, "seed \(seed)")
        #expect(counts.malformed == 0 && counts.oversize == 0 && counts.oversizeData == 0 && counts.unpolled == 0, "seed \(seed)")
        #expect(record.packets.rebuilt <= counts.recovered, "seed \(seed)")
        #expect(record.costs.parity.packets == record.parity.traffic.packets, "seed \(seed)")
        #expect(record.costs.parity.bytes == record.parity.traffic.byteCount, "seed \(seed)")
        #expect(record.costs.data.packets == record.packets.sent, "seed \(seed)")
        #expect(record.costs.copies.packets == record.client.copies.sent, "seed \(seed)")
        #expect(record.costs.retransmissions.packets == record.repair.counts.packets, "seed \(seed)")
        #expect(record.costs.retransmissions.bytes == record.repair.counts.byteCount, "seed \(seed)")
        #expect(record.costs.acknowledgements.bytes == record.repair.acknowledgementBytes, "seed \(seed)")
        #expect(record.costs.copies.bytes == record.client.copies.byteCount, "seed \(seed)")
        #expect(record.costs.retransmissions.bytes == record.repair.counts.byteCount, "seed \(seed)")
        let again = try capture.replay(scenario)
        #expect(again.ledger == record.ledger && again.gaps == record.gaps && again.parity == record.parity, "seed \(seed)")
    }

    @Test("what is drawn covers every way in which parity can be used")
    func coverage() throws {
        var rebuilt: UInt64 = 0
        var takenBack: UInt64 = 0
        var overtaken = 0
        var repeated = 0
        for seed in 1...40 as ClosedRange<UInt64> {
            let record = try SyntheticCapture(lines: mixedLines(seed: seed, count: 2500)).replay(try Self.anything(seed))
            rebuilt += record.packets.rebuilt
            takenBack += record.session?.recovered ?? 0
            if record.restarts.isEmpty, record.packets.rebuilt > 0, record.duplicates.found > record.packets.duplicated { overtaken += 1 }
            if record.restarts.repeatedPackets > 0 { repeated += 1 }
        }
        #expect(rebuilt > 200 && takenBack > 20 && overtaken > 2 && repeated > 2, "\(rebuilt) \(takenBack) \(overtaken) \(repeated)")
    }

    /// One event every 10 ms, 100 of them.
    private static func steady() throws -> SyntheticCapture {
        try SyntheticCapture(lines: (0..<100).map { (Int64($0) * 10_000_000, "steps:1|c") })
    }

    /// Each event a packet; blocks end when they are full.
    private static func scenario(_ groupSize: Int, _ parityCount: Int, interleave: Int = 1) -> Scenario {
        var scenario = Scenario()
        scenario.client = .parity
        scenario.client.parity = ParityConfiguration(
            groupSize: groupSize, parityCount: parityCount, interleave: interleave, maximumAge: .seconds(10))
        scenario.client.batchSize = 1
        return scenario
    }

    @Test("chosen packets come back as far as each group has parities, and those beyond are lost under their cause")
    func chosen() throws {
        // Groups of 10, one parity: 1...10, 11...20 and so on.
        let capture = try Self.steady()
        var scenario = Self.scenario(10, 1)
        scenario.impairments.drop = [3...3, 17...17, 42...43, 91...91]
        let record = try capture.replay(scenario)
        #expect(Self.faults(record).isEmpty, "\(Self.faults(record))")
        #expect(record.packets.sent == 100 && record.packets.delivered == 98 && record.packets.rebuilt == 3)
        #expect(record.packets.dropped == 2 && record.ledger[.chosenLoss].counts.total == 2)
        // All five were missed, whatever became of them.
        #expect(record.gaps.injected == 5 && record.gaps.found == 5 && record.gaps.undetectable == 0)
        #expect(record.parity.traffic.packets == 10 && record.parity.counts.used == 3 && record.parity.counts.unneeded == 6)
        #expect(record.duplicates == DetectorScore())
        #expect(record.session?.rebuilt == 3 && record.session?.lost == 2 && record.session?.unique == 98)
    }

    @Test("a burst as long as the interleave costs each group one packet, and comes back whole")
    func burst() throws {
        let capture = try Self.steady()
        var scenario = Self.scenario(5, 1, interleave: 10)
        scenario.impairments.drop = [21...30]
        let record = try capture.replay(scenario)
        #expect(Self.faults(record).isEmpty && record.packets.rebuilt == 10 && record.ledger.lost.counts.total == 0)
        scenario.impairments.drop = [21...31]
        let longer = try capture.replay(scenario)
        #expect(Self.faults(longer).isEmpty && longer.packets.rebuilt == 9 && longer.ledger.lost.counts.total == 2)
    }

    @Test("a lost tail comes back from the parities in front of the closing packet")
    func tail() throws {
        let capture = try Self.steady()
        var scenario = Self.scenario(16, 2, interleave: 4)
        scenario.impairments.drop = [98...100]
        let record = try capture.replay(scenario)
        #expect(Self.faults(record).isEmpty && record.ledger.lost.counts.total == 0 && record.packets.rebuilt == 3)
    }

    @Test("a packet that was given up before its parity came is taken back")
    func takenBack() throws {
        let capture = try Self.steady()
        var scenario = Self.scenario(10, 1)
        scenario.receiver.reorderLimit = .milliseconds(20)
        scenario.impairments.drop = [2...2]
        let record = try capture.replay(scenario)
        #expect(Self.faults(record).isEmpty, "\(Self.faults(record))")
        #expect(record.session?.recovered == 1 && record.session?.lost == 0 && record.gaps.found == 1)
        #expect(record.ledger.delivered == record.ledger.offered && record.packets.late == 1)
    }

    @Test("a packet that arrives after its recovery is a duplicate that the accounting expects")
    func overtaken() throws {
        let capture = try Self.steady()
        var scenario = Self.scenario(2, 1)
        scenario.impairments.reorder = Ratio(20, outOf: 100)
        scenario.impairments.reorderGap = 8
        scenario.receiver.reorderLimit = .seconds(5)
        let record = try capture.replay(scenario)
        #expect(Self.faults(record).isEmpty, "\(Self.faults(record))")
        #expect(record.packets.rebuilt > 3 && record.duplicates.found == record.packets.rebuilt)
        #expect(record.duplicates.isPerfect && record.packets.duplicated == 0 && record.ledger.delivered == record.ledger.offered)
    }

    @Test("a receiver that restarts has forgotten the group: what it lacks stays lost, and nothing is recovered wrongly")
    func restart() throws {
        // Group 41...50 with two lost: the receiver restarts in its middle and cannot know 41...45.
        let capture = try Self.steady()
        var scenario = Self.scenario(10, 2)
        scenario.impairments.failures = [try DownstreamFault(parsing: "restart@455ms")]
        scenario.impairments.drop = [42...42, 48...48]
        let record = try capture.replay(scenario)
        #expect(Self.faults(record).isEmpty, "\(Self.faults(record))")
        #expect(record.packets.rebuilt == 0 && record.ledger.lost.counts.total == 2 && record.restarts.repeatedPackets == 0)
        // With only the last two of a group behind the restart nothing is short of it but what the parities can bear.
        scenario.impairments.failures = [try DownstreamFault(parsing: "restart@405ms")]
        let later = try capture.replay(scenario)
        #expect(Self.faults(later).isEmpty, "\(Self.faults(later))")
    }

    @Test("a restarted receiver may recover a packet that an earlier epoch accepted: delivered once, repeated separately")
    func repeated() throws {
        // Groups of two with two parities: 51 came before the restart, 52 and both parities after it.
        let capture = try Self.steady()
        var scenario = Self.scenario(2, 2)
        scenario.client.maximumBatchAge = .milliseconds(1)
        scenario.impairments.failures = [try DownstreamFault(parsing: "restart@505ms")]
        let record = try capture.replay(scenario)
        #expect(Self.faults(record).isEmpty, "\(Self.faults(record))")
        #expect(record.restarts.repeatedPackets == 1 && record.restarts.repeatedEvents.total == 1)
        #expect(record.ledger.delivered == record.ledger.offered && record.packets.rebuilt == 0 && record.duplicates.isPerfect)
    }

    @Test("parity that arrives after its client crashed recovers packets of that client, and the accounting expects them")
    func retiredClient() throws {
        let capture = try Self.steady()
        var scenario = Self.scenario(10, 1)
        scenario.client.maximumBatchAge = .milliseconds(1)
        scenario.impairments.delay = .milliseconds(100)
        scenario.impairments.drop = [45...45]
        // The last parity left at 490 ms, and is in flight when the client restarts.
        scenario.impairments.failures = [try DownstreamFault(parsing: "client-restart@500ms")]
        let record = try capture.replay(scenario)
        #expect(Self.faults(record).isEmpty, "\(Self.faults(record))")
        // Number 45 of each client: the second one is recovered as well.
        #expect(record.restarts.client == 1 && record.packets.rebuilt == 2 && record.ledger.lost.counts.total == 0)
    }

    @Test("a client with parity and repair asks for what parity does not give back, and loses nothing")
    func both() throws {
        for seed in 1...10 as ClosedRange<UInt64> {
            let capture = try Self.steady()
            var scenario = Self.scenario(8, 1, interleave: 2)
            scenario.seed = seed
            scenario.client.reliability = ReliabilityConfiguration()
            scenario.impairments.loss = Ratio(15, outOf: 100)
            let record = try capture.replay(scenario)
            #expect(Self.faults(record).isEmpty, "seed \(seed): \(Self.faults(record))")
            #expect(record.ledger.lost.counts.total == 0, "seed \(seed)")
            #expect(record.packets.rebuilt + record.packets.repaired > 0, "seed \(seed)")
        }
    }

    @Test("parity switched off costs nothing, and a receiver passes over parity it was not sent of")
    func off() throws {
        let capture = try Self.steady()
        var scenario = Self.scenario(16, 2, interleave: 4)
        scenario.client.parity = nil
        scenario.impairments.drop = [50...50]
        let record = try capture.replay(scenario)
        #expect(record.parity == ParityFacts() && record.costs.parity == MitigationCosts.Traffic())
        #expect(record.packets.dropped == 1 && record.packets.rebuilt == 0)
    }
}
