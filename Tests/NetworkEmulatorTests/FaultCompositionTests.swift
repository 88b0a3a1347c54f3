import StatsModel
import StatsWire
import TestSupport
import Testing

@testable import NetworkEmulator

/// Bursts' bound, damage, gap, fragments, and how rules of all kinds stand beside each other.
@Suite struct FaultCompositionTests {
    @Test("no burst is longer than its bound, and only what lies beyond it is spared", arguments: 1...4 as ClosedRange<Int>)
    func burstBound(most: Int) throws {
        var impairments = Impairments()
        impairments.losses = [try LossModel(parsing: "gemodel:10%,20%"), try LossModel(parsing: "10%")]
        let free = Passage(impairments, seed: 8, 1...4000).fates.map { $0.dropped != nil }
        impairments.lossBurstMaximum = most
        let bound = Passage(impairments, seed: 8, 1...4000).fates.map { $0.dropped != nil }
        // By definition: of each run of losses every so manieth passes.
        var run = 0
        let expected = free.map { isLost in
            run = isLost && run < most ? run + 1 : 0
            return run > 0
        }
        #expect(bound == expected)
        #expect(bound.split(separator: false).map(\.count).max() == most)
        #expect(free.split(separator: false).map(\.count).max() ?? 0 > 4)
    }

    @Test("each kind of damage does what its name says, at its rate, and the checksum refuses it", arguments: Corruption.Kind.allCases)
    func damage(kind: Corruption.Kind) throws {
        var impairments = Impairments()
        impairments.corruptions = [Corruption(kind, share: Ratio(30, outOf: 100))]
        let passage = Passage(impairments, seed: 5, 1...3000)
        var sizes: Set<Int> = []
        var changes: Set<Int> = []
        for (arrival, bytes) in zip(passage.arrivals, passage.bytes) where arrival.isCorrupted {
            let sent = TestPacket.make(
                .data, session: 3, sequence: arrival.sequence, timestamp: arrival.sequence, payload: [1, 2, 3, 4, 5, 6, 7, 8])
            #expect(throws: PacketFault.self) { try PacketHeader(decoding: bytes.span) }
            sizes.insert(bytes.count)
            changes.insert(zip(sent, bytes).count { $0.0 != $0.1 })
        }
        switch kind {
        case .bits: #expect(sizes == [48] && changes == Set(1...8))
        case .bytes: #expect(sizes == [48] && changes == Set(1...8))
        case .truncate: #expect(sizes == Set(0..<48) && changes == [0])
        }
        // Binomial: 900 expected, deviation 25.
        let count = passage.arrivals.count { $0.isCorrupted }
        #expect(abs(count - 900) < 125)
    }

    @Test("a gap of five reorders every fifth packet at 100 %, and fewer below, never closer together")
    func gap() {
        var impairments = Impairments()
        impairments.gap = 5
        impairments.reorder = .one
        var draws = FaultDraws(impairments: impairments, seed: 1)
        let all = (1...50 as ClosedRange<UInt64>).filter { draws.judge(dataPacket($0)).isReordered }
        #expect(all == [5, 10, 15, 20, 25, 30, 35, 40, 45, 50])
        impairments.reorder = Ratio(25, outOf: 100)
        draws = FaultDraws(impairments: impairments, seed: 1)
        let some = (1...20_000 as ClosedRange<UInt64>).filter { draws.judge(dataPacket($0)).isReordered }
        let distances = zip(some.dropFirst(), some).map { $0 - $1 }
        #expect(distances.min() == 5)
        // Four packets, then a geometric wait of mean 4 and deviation 3.46: 2500 distances, standard error 0.07.
        let mean = Double(distances.reduce(0, +)) / Double(distances.count)
        #expect(abs(mean - 8) < 0.35, "\(mean)")
    }

    @Test("datagrams are cut as RFC 791 says", arguments: [
        (1500, 1472, 1), (1500, 1473, 2), (1280, 1252, 1), (1280, 1472, 2), (68, 1472, 31), (68, 0, 1), (600, 1472, 3),
        (65_535, 65_507, 1), (576, 548, 1), (576, 549, 2),
    ])
    func fragments(mtu: Int, bytes: Int, count: Int) {
        #expect(MaximumTransmissionUnit(mtu).fragments(ofDatagram: bytes) == count)
    }

    @Test("a datagram in four fragments is lost when any of them is, and what was lost in one piece still is")
    func fragmentLoss() throws {
        var impairments = Impairments()
        impairments.losses = [try LossModel(parsing: "5%")]
        let whole = Passage(impairments, seed: 3, 1...20_000).dropped
        // 48 bytes and the UDP header in pieces of at most 48 - 20 = 24: three; of 16: four.
        impairments.mtu = MaximumTransmissionUnit(68)
        var draws = FaultDraws(impairments: impairments, seed: 3)
        let cut = Set((0..<20_000).filter { draws.judge(dataPacket(UInt64($0) + 1), fragments: 4).loss != nil })
        #expect(whole.isSubset(of: cut))
        // 1 - 0.95^4 = 18.55 %: 3710 expected, deviation 55.
        #expect(abs(cut.count - 3710) < 275, "\(cut.count)")
        // All fragments of a datagram meet the chain's one state.
        impairments.losses = [try LossModel(parsing: "gemodel:5%,30%")]
        draws = FaultDraws(impairments: impairments, seed: 3)
        var other = FaultDraws(impairments: impairments, seed: 3)
        for number in 1...2000 as ClosedRange<UInt64> {
            #expect(draws.judge(dataPacket(number), fragments: 4) == other.judge(dataPacket(number)))
        }
    }

    /// Everything at once, drawn from the seed.
    static func anything(_ seed: UInt64) throws -> Impairments {
        let random = KeyedRandom(seed: seed)
        func draw(_ rule: UInt64, below limit: UInt64) -> UInt64 { random.draw(rule: rule, flow: 0, sequence: 0) % limit }
        func percent(_ rule: UInt64, below limit: UInt64) -> Ratio { Ratio(draw(rule, below: limit), outOf: 100) }
        var impairments = Impairments()
        let models = LossModelTests.models
        for rule in 0..<draw(1, below: 4) {
            impairments.losses.append(try LossModel(parsing: models[Int(draw(10 + rule, below: UInt64(models.count)))]))
        }
        impairments.lossBurstMaximum = draw(2, below: 3) == 0 ? 2 : nil
        impairments.corruptions = Corruption.Kind.allCases.map { Corruption($0, share: percent(3, below: 10)) }
        impairments.duplicates = [percent(4, below: 20), percent(5, below: 20)]
        impairments.reorder = percent(6, below: 30)
        impairments.gap = Int(draw(7, below: 6)) + 1
        impairments.delay = .milliseconds(Int64(draw(8, below: 40)))
        impairments.jitter = .milliseconds(Int64(draw(9, below: 20)))
        impairments.distribution = DelayDistribution.allCases[Int(draw(20, below: 4))]
        if draw(21, below: 2) == 0 {
            impairments.bottleneck = Bottleneck(
                rate: BitRate(bitsPerSecond: 200_000 + draw(22, below: 1_000_000)),
                queue: draw(23, below: 2) == 0 ? .packets(6) : .bytes(4000))
        }
        impairments.mtu = draw(24, below: 2) == 0 ? MaximumTransmissionUnit(68 + Int(draw(25, below: 1500))) : nil
        impairments.drop = draw(26, below: 2) == 0 ? [4...4, 100...120] : []
        return impairments
    }

    @Test("whatever rules are mixed: what a fate promises arrives, and the rule it names is of the kind that has this effect",
        arguments: 1...40 as ClosedRange<UInt64>)
    func truth(seed: UInt64) throws {
        let impairments = try Self.anything(seed)
        let passage = Passage(impairments, seed: seed, 1...1500)
        let rules = impairments.rules
        #expect(rules.map(\.number) == rules.indices.map { $0 + 1 })
        var intact = Array(repeating: 0, count: 1500)
        var damaged = Array(repeating: 0, count: 1500)
        for arrival in passage.arrivals {
            if arrival.isCorrupted { damaged[Int(arrival.sequence) - 1] += 1 } else { intact[Int(arrival.sequence) - 1] += 1 }
        }
        for (index, fate) in passage.fates.enumerated() {
            #expect(fate.intactCopies == intact[index] && fate.corruptedCopies == damaged[index], "seed \(seed), number \(index + 1)")
            let kind = fate.rule.map { rules[$0].kind }
            let expected: FaultRule.Kind? =
                switch fate.dropped {
                case .chosenLoss?: .drop
                case .networkLoss?: .loss
                case .networkQueueFull?: .bandwidth
                case nil where fate.corruptedCopies > 0: .corrupt
                default: nil
                }
            #expect(kind == expected, "seed \(seed), number \(index + 1): \(fate)")
        }
        #expect(passage.arrivals.map(\.time) == passage.arrivals.map(\.time).sorted(), "seed \(seed)")
        let again = Passage(impairments, seed: seed, 1...1500)
        #expect(again.fates == passage.fates && again.arrivals == passage.arrivals && again.bytes == passage.bytes)
    }

    @Test("with a queue before it as well, what is lost at 3 % is lost at 5 %", arguments: 1...5 as ClosedRange<UInt64>)
    func nestedBehindQueue(seed: UInt64) throws {
        var impairments = Impairments()
        impairments.bottleneck = Bottleneck(rate: BitRate(bitsPerSecond: 500_000), queue: .packets(5))
        impairments.losses = [try LossModel(parsing: "random:3%,30%")]
        let few = Passage(impairments, seed: seed, 1...3000).dropped
        impairments.losses = [try LossModel(parsing: "random:5%,30%")]
        let more = Passage(impairments, seed: seed, 1...3000).dropped
        #expect(few.isSubset(of: more) && few.count < more.count, "seed \(seed)")
    }

    @Test("words that make no sense are refused", arguments: ["bites:1%", "bytes:0.01", "truncate:", "101%"])
    func refusedCorruption(text: String) {
        #expect(throws: UnitError.self) { try Corruption(parsing: text) }
    }

    @Test("words for a link that make no sense are refused with what is allowed", arguments: ["67", "65536", "x", "1500,", "1500,no"])
    func refusedUnit(text: String) {
        let error = #expect(throws: UnitError.self) { try MaximumTransmissionUnit(parsing: text) }
        #expect(error?.description.contains("68 to 65535") == true)
    }
}
