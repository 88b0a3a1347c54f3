import NetworkEmulator
import ReplayEngine
import StatsModel
import StatsPipeline
import StatsWire
import Testing
import Verification

@Suite("Simulation") struct SimulationTests {
    private func faults(_ record: RunRecord) -> [String] { Judgement(record).faults }

    @Test("a perfect network delivers every event with its content, and no detector stirs")
    func perfect() throws {
        let capture = try SyntheticCapture(lines: mixedLines(seed: 1, count: 3000))
        let record = try capture.replay()
        #expect(faults(record).isEmpty, "\(faults(record))")
        #expect(record.ledger.offered.counts.total > 3000)
        #expect(record.ledger.delivered == record.ledger.offered)
        #expect(record.gaps.injected == 0 && record.checksums.injected == 0 && record.packets.late == 0)
        #expect(record.metrics.allSatisfy { $0.offered == $0.delivered && $0.offeredValue == $0.deliveredValue })
    }

    @Test("under any mixture of impairments the law holds and the detectors are exact", arguments: 1...24 as ClosedRange<UInt64>)
    func anything(seed: UInt64) throws {
        let random = KeyedRandom(seed: seed)
        var scenario = Scenario()
        scenario.seed = seed
        let ratio = { (rule: UInt64, most: UInt64) in Ratio(random.draw(rule: rule, flow: 0, sequence: 0) % (most + 1), outOf: 100) }
        scenario.impairments.loss = ratio(1, 30)
        scenario.impairments.corrupt = ratio(2, 20)
        scenario.impairments.duplicate = ratio(3, 20)
        scenario.impairments.reorder = ratio(4, 30)
        scenario.impairments.delay = .milliseconds(Int64(random.draw(rule: 5, flow: 0, sequence: 0) % 50))
        scenario.impairments.jitter = .milliseconds(Int64(random.draw(rule: 6, flow: 0, sequence: 0) % 20))
        scenario.impairments.drop = seed % 3 == 0 ? [1...2, 17...17] : []
        scenario.pace = [.recorded, .topspeed, .multiplier(50), .packetsPerSecond(20_000)][Int(seed % 4)]
        scenario.client.bufferCapacity = seed % 2 == 0 ? 64 : 8192
        let capture = try SyntheticCapture(lines: mixedLines(seed: seed, count: 4000))
        let record = try capture.replay(scenario)
        #expect(faults(record).isEmpty, "seed \(seed): \(faults(record))")
        #expect(record.packets.sent > 20, "seed \(seed)")
    }

    /// Every rule there is at once, drawn from the seed.
    private func everything(_ seed: UInt64) throws -> Impairments {
        let random = KeyedRandom(seed: seed)
        func draw(_ rule: UInt64, below limit: UInt64) -> UInt64 { random.draw(rule: rule, flow: 1, sequence: 0) % limit }
        func percent(_ rule: UInt64, below limit: UInt64) -> Ratio { Ratio(draw(rule, below: limit), outOf: 100) }
        var all = Impairments()
        let failures = [
            "refuse@1s+300ms/2s", "unreachable@500ms+100ms/900ms", "blackhole@2s+200ms", "stall@100ms+50ms/700ms",
            "buffers@50ms+20ms/300ms", "slow@1s+1s/2s:+30ms",
        ]
        all.failures = try failures.enumerated().filter { draw(UInt64(30 + $0.offset), below: 2) == 0 }
            .map { try DownstreamFault(parsing: $0.element) }
        let models = ["4%", "random:5%,40%", "gemodel:2%,20%,80%,1%", "state:2%,30%,20%,50%,1%"]
        all.losses = try models.enumerated().filter { draw(UInt64(40 + $0.offset), below: 2) == 0 }
            .map { try LossModel(parsing: $0.element) }
        all.lossBurstMaximum = draw(1, below: 2) == 0 ? 3 : nil
        all.corruptions = Corruption.Kind.allCases.map { Corruption($0, share: percent(UInt64(50), below: 6)) }
        all.duplicates = [percent(2, below: 10), percent(3, below: 10)]
        all.reorder = percent(4, below: 20)
        all.gap = Int(draw(5, below: 5)) + 1
        all.delay = .milliseconds(Int64(draw(6, below: 60)))
        all.jitter = .milliseconds(Int64(draw(7, below: 30)))
        all.distribution = DelayDistribution.allCases[Int(draw(8, below: 4))]
        if draw(9, below: 2) == 0 {
            all.bottleneck = Bottleneck(rate: BitRate(bitsPerSecond: 300_000 + draw(10, below: 1_000_000)), queue: .packets(12))
        }
        if draw(11, below: 2) == 0 {
            all.mtu = MaximumTransmissionUnit(400 + Int(draw(12, below: 1200)), isRefused: draw(13, below: 3) == 0)
        }
        all.drop = draw(14, below: 2) == 0 ? [2...2, 9...12] : []
        return all
    }

    @Test("with every rule at once and any client the law holds, the detectors are exact, and the rules' losses are the network's",
        arguments: 1...24 as ClosedRange<UInt64>)
    func allFaults(seed: UInt64) throws {
        var scenario = Scenario()
        scenario.seed = seed
        scenario.impairments = try everything(seed)
        scenario.client = ClientPreset.allCases[Int(seed) % ClientPreset.allCases.count].configuration
        scenario.pace = [.recorded, .multiplier(3), .packetsPerSecond(5000)][Int(seed % 3)]
        let capture = try SyntheticCapture(lines: mixedLines(seed: seed, count: 4000))
        let record = try capture.replay(scenario)
        #expect(faults(record).isEmpty, "seed \(seed): \(faults(record)), \(scenario.arguments)")
        #expect(record.packets.sent > 5, "seed \(seed)")
        let causes: [LossCause] = [.networkLoss, .chosenLoss, .corruption, .networkQueueFull, .sendFailed]
        let lost = causes.reduce(0) { $0 + record.ledger[$1].counts.total }
        #expect(record.ruleLosses.reduce(0) { $0 + $1.events.total } == lost, "seed \(seed)")
        let again = try capture.replay(scenario)
        #expect(again.ledger == record.ledger && again.ruleLosses == record.ruleLosses && again.gapRanges == record.gapRanges)
    }

    @Test("a failing receiver trips the breaker, and the run tells when")
    func breaker() throws {
        let preset = try #require(ClientPreset.allCases.first { $0.configuration.breaker != nil })
        var scenario = Scenario()
        scenario.client = preset.configuration
        scenario.client.reliability = nil
        scenario.impairments.failures = [try DownstreamFault(parsing: "unreachable@500ms+2s")]
        let record = try SyntheticCapture(lines: mixedLines(seed: 2, count: 6000)).replay(scenario)
        #expect(record.client.transitionCount > 0)
        #expect(record.ledger[.sendFailed].counts.total > 0)
        #expect(faults(record).isEmpty, "\(faults(record))")
    }

    @Test("the same run gives the same record, another seed another one")
    func deterministic() throws {
        let capture = try SyntheticCapture(lines: mixedLines(seed: 3, count: 5000))
        var scenario = Scenario()
        scenario.impairments.loss = Ratio(5, outOf: 100)
        scenario.impairments.jitter = .milliseconds(3)
        let one = try capture.replay(scenario)
        let same = try capture.replay(scenario)
        #expect(one.ledger == same.ledger && one.gapRanges == same.gapRanges && one.metrics == same.metrics)
        scenario.seed = 2
        let other = try capture.replay(scenario)
        #expect(one.gapRanges != other.gapRanges)
    }

    @Test("losses at 3 % are among those at 5 %")
    func nested() throws {
        let capture = try SyntheticCapture(lines: mixedLines(seed: 4, count: 30_000))
        var scenario = Scenario()
        scenario.impairments.loss = Ratio(3, outOf: 100)
        let few = try capture.replay(scenario).gapRanges.first
        scenario.impairments.loss = Ratio(5, outOf: 100)
        let more = try capture.replay(scenario).gapRanges
        let covered = Set(more.first.flatMap(Array.init))
        let limit = more.first.last?.upperBound ?? 0
        let small = few.flatMap(Array.init).filter { $0 <= limit }
        #expect(!small.isEmpty && small.allSatisfy(covered.contains))
    }

    @Test("chosen packets are dropped, no other, and found as gaps: the first and the last too")
    func chosen() throws {
        let capture = try SyntheticCapture(lines: mixedLines(seed: 5, count: 4000))
        let last = try capture.replay().packets.sent
        var scenario = Scenario()
        scenario.impairments.drop = [1...1, 7...9, last...last]
        let record = try capture.replay(scenario)
        #expect(record.gapRanges.first == [1...1, 7...9, last...last])
        #expect(record.packets.dropped == 5 && record.ledger[.chosenLoss].counts.total > 0)
        #expect(record.ledger[.networkLoss].counts.total == 0)
        #expect(record.gaps.isPerfect && record.gaps.found == 5)
        #expect(faults(record).isEmpty)
    }

    @Test("a burst faster than the worker fills the ring, and what it refuses has a name")
    func overload() throws {
        let line = (0..<20).map { "burst.metric.\($0):1|c" }.joined(separator: "\n")
        let capture = try SyntheticCapture(lines: (0..<5000).map { (Int64($0) * 10_000_000, line) })
        let calm = try capture.replay()
        #expect(calm.ledger.lost.counts.total == 0 && calm.client.bufferPeak <= 20)
        var scenario = Scenario()
        scenario.pace = .topspeed
        scenario.client.bufferCapacity = 256
        let record = try capture.replay(scenario)
        #expect(record.ledger[.bufferFull].counts.total > 0)
        #expect(record.client.bufferPeak == 256)
        #expect(faults(record).isEmpty)
    }

    @Test("paces place the datagrams where they say", arguments: [
        (.recorded, 999_000_000), (.multiplier(10), 99_900_000), (.packetsPerSecond(2000), 499_500_000),
    ] as [(Pace, UInt64)])
    func paces(pace: Pace, end: UInt64) throws {
        let capture = try SyntheticCapture(lines: (0..<1000).map { (Int64($0) * 1_000_000, "a:1|c") })
        var scenario = Scenario()
        scenario.pace = pace
        let record = try capture.replay(scenario)
        // The last packets leave when the client closes: right after the last datagram, then the closing packets.
        let closing = UInt64(Nanoseconds(scenario.client.closingInterval).rawValue) * UInt64(scenario.client.closingCopies - 1)
        #expect(record.client.end.nanoseconds >= end && record.client.end.nanoseconds < end + closing + 1_000_000)
    }

    @Test("loops, limits and durations count datagrams exactly")
    func amounts() throws {
        let capture = try SyntheticCapture(lines: (0..<100).map { (Int64($0) * 1_000_000, "a:1|c") })
        var scenario = Scenario()
        scenario.loop = 7
        #expect(try capture.replay(scenario).source.datagrams == 700)
        scenario.limit = 250
        #expect(try capture.replay(scenario).source.datagrams == 250)
        scenario.limit = nil
        scenario.loop = 1
        scenario.duration = .milliseconds(30)
        #expect(try capture.replay(scenario).source.datagrams == 30)
    }

    @Test("malformed lines are counted, and their neighbours replayed")
    func malformed() throws {
        let capture = try SyntheticCapture(lines: [(0, "a:1|c\nnonsense\nb:2|g"), (1, "c:x|c"), (2, "d:1|ms")])
        let record = try capture.replay()
        #expect(record.source.malformed == 2 && record.ledger.delivered.counts.total == 3)
    }

    @Test("a capture without events replays nothing, and says so")
    func empty() throws {
        let capture = try SyntheticCapture([])
        #expect(try Judgement(capture.replay()).isEmpty)
    }

    @Test("sequenced packets are replayed too: a super-packet is split, doubles count once, corrupt ones are named")
    func sequencedPackets() throws {
        var builder = PacketBuilder(maximumSize: 512, codec: .binary)
        let name = Array("n".utf8)
        let key = MetricCatalog.Key(.counter, name: ByteRange(0..<1), tags: .empty, extra: .empty)
        var packets: [[UInt8]] = []
        for sequence in 1...5 as ClosedRange<UInt64> {
            builder.begin(timestamp: 1_700_000_000_000_000_000)
            for _ in 0..<sequence {
                let event = StatEvent(metric: MetricID(0), value: 1, timestamp: 1_700_000_000_000_000_000)
                #expect(builder.append(event, key: key, keys: name.span, text: .empty, texts: name.span) == .appended)
            }
            _ = builder.seal(session: 9, sequence: sequence)
            packets.append(builder.withBytes { bytes in (0..<bytes.count).map { bytes[$0] } })
        }
        var corrupt = packets[4]
        corrupt[45] ^= 1
        let capture = try SyntheticCapture([
            (0, packets[0] + packets[1] + packets[2]), (1000, packets[1]), (2000, packets[3]), (3000, corrupt),
        ])
        let record = try capture.replay()
        #expect(record.ledger.offered.counts[.counter] == 1 + 2 + 3 + 4)
        #expect(record.source.duplicatePackets == 1 && record.source.checksumFailures == 1)
        #expect(faults(record).isEmpty)
    }

    @Test("a pace or a clock beyond all bounds comes to an end", arguments: [
        .multiplier(1e-300), .multiplier(1e300), .packetsPerSecond(1e-9), .packetsPerSecond(1e300), .megabitsPerSecond(1e-300),
        .recorded,
    ] as [Pace])
    func extremes(pace: Pace) throws {
        let capture = try SyntheticCapture(
            lines: (0..<40).map { (Int64($0) * ($0 % 2 == 0 ? 1_000_000 : 60_000_000_000_000_000), "a:1|c") })
        var scenario = Scenario()
        scenario.pace = pace
        let record = try capture.replay(scenario)
        #expect(record.ledger.delivered.counts.total == 40 && faults(record).isEmpty)
    }
}
