import StatsModel
import Testing

@Suite("KeyedRandom") struct KeyedRandomTests {
    @Test("the same key gives the same draw, and every part of the key matters")
    func keyed() {
        let random = KeyedRandom(seed: 1)
        let draw = random.draw(rule: 1, flow: 2, sequence: 3, copy: 0)
        #expect(draw == random.draw(rule: 1, flow: 2, sequence: 3, copy: 0))
        #expect(draw != random.draw(rule: 2, flow: 2, sequence: 3, copy: 0))
        #expect(draw != random.draw(rule: 1, flow: 3, sequence: 3, copy: 0))
        #expect(draw != random.draw(rule: 1, flow: 2, sequence: 4, copy: 0))
        #expect(draw != random.draw(rule: 1, flow: 2, sequence: 3, copy: 1))
        #expect(draw != KeyedRandom(seed: 2).draw(rule: 1, flow: 2, sequence: 3, copy: 0))
    }

    @Test("the draws are pinned: another machine or build may not give others")
    func pinned() {
        #expect(KeyedRandom.mix(1) == 0x5692_161D_100B_05E5)
        #expect(KeyedRandom.mix(0) == 0)
    }

    // Binomial with n = 200 000, p = 3 %: sigma is 76.3. Five sigma on each of 20 seeds: a false alarm in 1 of 87 000.
    @Test("a chance of 3 % comes true in 3 % of all draws", arguments: 1...20 as ClosedRange<UInt64>)
    func rate(seed: UInt64) {
        let random = KeyedRandom(seed: seed)
        let hits = (1...200_000 as ClosedRange<UInt64>).reduce(0) {
            random.chance(Ratio(3, outOf: 100), rule: 9, flow: seed, sequence: $1) ? $0 + 1 : $0
        }
        #expect(abs(hits - 6000) < 382, "seed \(seed): \(hits) of 200 000")
    }
}
