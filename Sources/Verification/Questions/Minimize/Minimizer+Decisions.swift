import NetworkEmulator
import ReplayEngine
import StatsModel

/// Turns random fault decisions into explicit packet numbers.
extension Minimizer {
    /// Replaces random faults by chosen packets as long as the run keeps failing. Randomly lost packets become packets that are
    /// dropped by number. Other random rules then hit chosen packets only, as few as possible, and hit them with certainty.
    ///
    /// The accounting names the lost packets (the first ``RangeDigest/shown`` ranges; a capture that was cut after its first
    /// failure rarely has more). If dropping these packets does not fail, the loss rules are bound to chosen packets as well.
    mutating func decide() {
        chooseLosses(record.gapRanges.first)
        var scenario = best.scenario
        guard scenario.impairments.hasRandomRules else { return }
        if scenario.impairments.only == nil {
            scenario.impairments.only = [1...max(1, sent)]
            // With retransmission, the random loss may have hit other transmissions too. Then every transmission of the lost
            // packets is dropped.
            let lost = record.gapRanges.first
            guard attempt(scenario) || (!lost.isEmpty && attempt(scenario.certain(lost))) else { return }
            reduceOnly()
        }
        chooseLosses(best.scenario.impairments.only ?? [])
        makeCertain()
    }

    /// Drops these packets by number instead of every random loss.
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

    /// Reduces the number of chosen packets.
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
            minimizer.attempt(scenario.affecting(ChosenPackets(numbers: kept.map { packets.numbers[$0] })))
        }
    }

    /// Lowers the chosen packet numbers one after the other. Each is moved next to the one before it, then with one number in
    /// between, then halfway. A lower number allows a shorter capture.
    mutating func lowerNumbers() {
        let drop = ChosenPackets(best.scenario.impairments.drop, upTo: sent)
        lower(drop) { scenario, packets in scenario.dropping(packets) }
        guard let only = best.scenario.impairments.only else { return }
        lower(ChosenPackets(only, upTo: sent)) { scenario, packets in scenario.affecting(packets) }
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
    /// The same scenario in which random rules hit these packets with certainty. Loss rules stay as they are.
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

    /// The same scenario in which exactly these packets are dropped by number.
    fileprivate func dropping(_ packets: ChosenPackets) -> Scenario {
        var scenario = self
        scenario.impairments.drop = packets.ranges
        return scenario
    }

    /// The same scenario in which random rules hit only these packets. If `packets` is empty, the random rules are removed.
    fileprivate func affecting(_ packets: ChosenPackets) -> Scenario {
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
