import NetworkEmulator
import ReplayEngine
import StatsModel

/// Fault decisions: which packets are struck, as numbers instead of draws.
extension Minimizer {
    /// Turns chance into choice, as far as the run goes on to fail: packets that were lost are dropped by number; other
    /// random rules strike chosen packets only, as few of them as possible, and strike them for certain.
    ///
    /// The packets lost are those that the books name (the first ``RangeDigest/shown`` ranges: a capture cut behind
    /// its first failure seldom has more). Where dropping them does not fail, loss rules are bound to packets as well.
    mutating func decide() {
        chooseLosses(record.gapRanges.first)
        var scenario = best.scenario
        guard scenario.impairments.hasRandomRules else { return }
        if scenario.impairments.only == nil {
            scenario.impairments.only = [1...max(1, sent)]
            // Where packets are sent again, chance may have taken other ones too: then every sending of the lost is struck.
            let lost = record.gapRanges.first
            guard attempt(scenario) || (!lost.isEmpty && attempt(scenario.certain(lost))) else { return }
            reduceOnly()
        }
        chooseLosses(best.scenario.impairments.only ?? [])
        makeCertain()
    }

    /// Drops these packets by number in place of every loss by chance.
    private mutating func chooseLosses(_ lost: [ClosedRange<UInt64>]) {
        var scenario = best.scenario
        guard !scenario.impairments.losses.isEmpty, !lost.isEmpty else { return }
        var drop = SequenceSet()
        for range in scenario.impairments.drop + lost { drop.insert(range) }
        scenario.impairments.drop = drop.ranges
        scenario.impairments.losses = []
        scenario.impairments.lossBurstMaximum = nil
        if !scenario.impairments.hasRandomRules { scenario.impairments.only = nil }
        _ = attempt(scenario)
    }

    private mutating func makeCertain() {
        guard let only = best.scenario.impairments.only else { return }
        let certain = best.scenario.certain(only)
        if certain != best.scenario { _ = attempt(certain) }
    }

    /// As few chosen packets as possible.
    mutating func reduceDecisions() {
        reduceOnly()
        let scenario = best.scenario
        let packets = ChosenPackets(scenario.impairments.drop, upTo: sent)
        if packets.ranges != scenario.impairments.drop { _ = attempt(scenario.dropping(packets)) }
        reduce(packets.numbers.count) { minimizer, kept in
            minimizer.attempt(scenario.dropping(ChosenPackets(numbers: kept.map { packets.numbers[$0] })))
        }
    }

    private mutating func reduceOnly() {
        let scenario = best.scenario
        guard let only = scenario.impairments.only else { return }
        let packets = ChosenPackets(only, upTo: sent)
        reduce(packets.numbers.count) { minimizer, kept in
            minimizer.attempt(scenario.striking(ChosenPackets(numbers: kept.map { packets.numbers[$0] })))
        }
    }

    /// Chosen packets nearer to the start, one after the other: next to the one before, with one in between, or halfway
    /// there. A number that says less can be left behind by a shorter capture.
    mutating func lowerNumbers() {
        let drop = ChosenPackets(best.scenario.impairments.drop, upTo: sent)
        lower(drop) { scenario, packets in scenario.dropping(packets) }
        guard let only = best.scenario.impairments.only else { return }
        lower(ChosenPackets(only, upTo: sent)) { scenario, packets in scenario.striking(packets) }
    }

    private mutating func lower(_ packets: ChosenPackets, _ stated: (Scenario, ChosenPackets) -> Scenario) {
        var packets = packets
        for index in packets.numbers.indices {
            let number = packets.numbers[index]
            let floor = index == 0 ? 1 : packets.numbers[index - 1] + 1
            for target in [floor, floor + 1, floor + (number - floor) / 2] where target < number {
                var lowered = packets
                lowered.numbers[index] = target
                guard attempt(stated(best.scenario, lowered)) else { continue }
                packets = lowered
                break
            }
        }
    }
}

extension Scenario {
    /// The same scenario in which random rules strike these packets for certain; rules of loss stay what they are.
    fileprivate func certain(_ only: [ClosedRange<UInt64>]) -> Scenario {
        var scenario = self
        scenario.impairments.only = only
        scenario.impairments.duplicates = impairments.duplicates.map { _ in .one }
        scenario.impairments.corruptions = impairments.corruptions.map { Corruption($0.kind, share: .one) }
        if !impairments.reorder.isZero {
            scenario.impairments.reorder = .one
            scenario.impairments.gap = 1
        }
        return scenario
    }

    /// The same scenario in which just these packets are dropped by number.
    fileprivate func dropping(_ packets: ChosenPackets) -> Scenario {
        var scenario = self
        scenario.impairments.drop = packets.ranges
        return scenario
    }

    /// The same scenario in which random rules strike just these packets; without any of them, and without random rules,
    /// where there is none.
    fileprivate func striking(_ packets: ChosenPackets) -> Scenario {
        var scenario = self
        scenario.impairments.only = packets.ranges
        if packets.numbers.isEmpty {
            scenario.impairments.losses = []
            scenario.impairments.duplicates = []
            scenario.impairments.corruptions = []
            scenario.impairments.reorder = .zero
            scenario.impairments.only = nil
        }
        return scenario
    }
}
