import StatsModel
import StatsWire
import Testing

@testable import NetworkEmulator

/// Random rules that affect chosen packets only.
@Suite struct OnlyTests {
    static func impairments() throws -> Impairments {
        var impairments = Impairments()
        impairments.losses = [try LossModel(parsing: "gemodel:5%,25%"), try LossModel(parsing: "10%")]
        impairments.duplicates = [Ratio(20, outOf: 100)]
        impairments.corruptions = [Corruption(.bytes, share: Ratio(20, outOf: 100))]
        return impairments
    }

    @Test("chosen packets are affected as they are without the choice, all others not at all", arguments: 1...10 as ClosedRange<UInt64>)
    func chosen(seed: UInt64) throws {
        var impairments = try Self.impairments()
        let free = Passage(impairments, seed: seed, 1...2000).fates
        impairments.only = [3...40, 100...100, 1500...UInt64.max]
        let bound = Passage(impairments, seed: seed, 1...2000).fates
        let perfect = Fate(dropped: nil, intactCopies: 1, corruptedCopies: 0, isDuplicated: false)
        for (index, fate) in bound.enumerated() {
            let number = UInt64(index) + 1
            let isChosen = (3...40).contains(number) || number == 100 || number >= 1500
            #expect(fate == (isChosen ? free[index] : perfect), "seed \(seed), packet \(number)")
        }
        #expect(Set(bound.map(\.dropped)).count > 1 && bound.contains { $0.corruptedCopies > 0 } && bound.contains { $0.isDuplicated })
    }

    @Test("heartbeats, closing packets and what is no packet are spared", arguments: [PacketKind.heartbeat, .closing])
    func control(kind: PacketKind) throws {
        var impairments = try Self.impairments()
        #expect(Passage(impairments, seed: 1, 1...200, kind: kind).fates.contains { $0.dropped != nil })
        impairments.only = [1...UInt64.max]
        #expect(Passage(impairments, seed: 1, 1...200, kind: kind).fates.allSatisfy { $0.intactCopies == 1 && !$0.isDuplicated })
        var network = NetworkEmulator(impairments: impairments, seed: 1)
        let text = Array("a:1|c".utf8)
        #expect((0..<200).allSatisfy { _ in network.handle(text.span, at: .start).intactCopies == 1 })
    }

    @Test("only chosen packets are reordered, and chosen drops and failures do not ask")
    func others() throws {
        var impairments = Impairments()
        impairments.reorder = .one
        impairments.only = [2...2, 5...5]
        var draws = FaultDraws(impairments: impairments, seed: 1)
        let reordered = (1...9 as ClosedRange<UInt64>).filter { draws.judge(dataPacket($0)).isReordered }
        #expect(reordered == [2, 5])
        #expect((1...9 as ClosedRange<UInt64>).filter { draws.isSecondCopyReordered(dataPacket($0)) } == [2, 5])
        impairments = Impairments()
        impairments.only = [9...9]
        impairments.drop = [1...1]
        impairments.failures = [try DownstreamFault(parsing: "blackhole@1ms+1ms")]
        let fates = Passage(impairments, seed: 1, 1...4).fates
        #expect(fates.map(\.dropped) == [.chosenLoss, .networkLoss, nil, nil])
    }
}
