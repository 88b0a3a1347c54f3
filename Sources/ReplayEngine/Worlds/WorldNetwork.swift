import NetworkEmulator
import StatsModel

/// A random network and receiver, with few faults or with all of them.
struct WorldNetwork: Sendable {
    private(set) var impairments = Impairments()
    private(set) var profile: String?

    /// - Parameters:
    ///   - span: the time that it takes to offer the capture
    ///   - packets: the approximate number of data packets
    init(_ dice: inout WorldDice, span: Nanoseconds, packets: Int) {
        if dice.chance(25) {
            let chosen = dice.pick(NetworkProfile.all)
            impairments = chosen.impairments
            profile = chosen.name
        }
        // The probability of each fault, in percent.
        let much = dice.pick([8, 25, 45, 70])
        if dice.chance(much) { chooseLosses(&dice) }
        if dice.chance(much) { impairments.duplicates += (0..<dice.pick([1, 1, 2])).map { _ in dice.share(upTo: 60) } }
        if dice.chance(much) {
            impairments.corruptions += (0..<dice.pick([1, 1, 2])).map { _ in
                Corruption(dice.pick(Corruption.Kind.allCases), share: dice.share(upTo: 30))
            }
        }
        if dice.chance(much) { chooseDelays(&dice) }
        if dice.chance(much) { chooseReordering(&dice) }
        if dice.chance(much) { chooseLink(&dice) }
        if dice.chance(much / 2) {
            impairments.mtu = MaximumTransmissionUnit(
                dice.pick([dice.number(in: 68...200), dice.number(in: 200...1500)]), isRefused: dice.chance(30))
        }
        if dice.chance(much) {
            impairments.drop = Self.numbers(&dice, upTo: packets, ranges: dice.number(in: 1...4), longest: dice.pick([1, 1, 5, 40]))
        }
        if dice.chance(much / 3) {
            impairments.only = Self.numbers(&dice, upTo: packets, ranges: dice.number(in: 1...4), longest: max(1, packets / 3))
        }
        if dice.chance(much / 3) { impairments.hasReturnPath = false }
        if dice.chance(8) { impairments.maximumInFlight = dice.scaled(in: 1...50) }
        for _ in 0..<dice.pick([(weight: 80 - much, 0), (weight: 60, 1), (weight: much, 2), (weight: much / 6, 4)]) {
            impairments.failures.append(Self.failure(&dice, span: span))
        }
    }

    private mutating func chooseLosses(_ dice: inout WorldDice) {
        for _ in 0..<dice.pick([1, 1, 1, 2]) {
            switch dice.below(5) {
            case 0, 1: impairments.losses.append(.random(dice.share(upTo: 50), correlation: .zero))
            case 2: impairments.losses.append(.random(dice.share(upTo: 30), correlation: dice.share(upTo: 90)))
            case 3:
                impairments.losses.append(
                    .gemodel(
                        p: dice.share(upTo: 20), r: dice.share(upTo: 90), lossInBad: dice.share(upTo: 100),
                        lossInGood: dice.chance(50) ? .zero : dice.share(upTo: 10)))
            default:
                impairments.losses.append(
                    .state(
                        p13: dice.share(upTo: 20), p31: dice.share(upTo: 50), p32: dice.share(upTo: 50), p23: dice.share(upTo: 90),
                        p14: dice.share(upTo: 20)))
            }
        }
        if dice.chance(60) { impairments.lossBurstMaximum = dice.number(in: 1...4) }
    }

    private mutating func chooseDelays(_ dice: inout WorldDice) {
        impairments.delay = dice.time(.zero, dice.chance(80) ? .milliseconds(200) : .seconds(4))
        if dice.chance(70) {
            impairments.jitter = dice.time(.microseconds(1), dice.chance(80) ? .milliseconds(100) : .seconds(2))
            impairments.distribution = dice.pick(DelayDistribution.allCases)
        }
    }

    private mutating func chooseReordering(_ dice: inout WorldDice) {
        impairments.reorder = dice.share(upTo: 100)
        if dice.chance(50) { impairments.gap = dice.number(in: 2...8) }
        if dice.chance(30) {
            impairments.reorderGap = dice.number(in: 1...20)
            impairments.reorderHold = dice.time(.milliseconds(1), .seconds(3))
        }
    }

    private mutating func chooseLink(_ dice: inout WorldDice) {
        impairments.bottleneck = Bottleneck(rate: BitRate(bitsPerSecond: UInt64(dice.scaled(in: 20_000...100_000_000))))
        switch dice.below(3) {
        case 0: impairments.bottleneck?.queue = .packets(dice.scaled(in: 1...100))
        case 1: impairments.bottleneck?.queue = .bytes(dice.scaled(in: 1500...65_536))
        default: break
        }
    }

    /// Random ranges of packet numbers, sorted, disjoint, and not adjacent.
    private static func numbers(
        _ dice: inout WorldDice, upTo last: Int, ranges: Int, longest: Int
    ) -> [ClosedRange<UInt64>] {
        var set = SequenceSet()
        for _ in 0..<ranges {
            let start = dice.scaled(in: 1...max(1, last))
            set.insert(UInt64(start)...UInt64(start + dice.below(longest)))
        }
        return set.ranges
    }

    private static func failure(_ dice: inout WorldDice, span: Nanoseconds) -> DownstreamFault {
        let start = Nanoseconds(Int64(dice.below(Int(span.rawValue))))
        let longest = max(.milliseconds(2), Nanoseconds(span.rawValue / 2))
        let length = dice.time(.milliseconds(1), longest)
        // A process may restart a few times, but not thousands of times.
        let shortest = max(length.rawValue + 1, span.rawValue / 12)
        let period = dice.chance(40) ? dice.time(Nanoseconds(shortest), Nanoseconds(shortest * 8)) : nil
        switch dice.below(9) {
        case 0: return DownstreamFault(.refuse, start: start, length: length, period: period)
        case 1: return DownstreamFault(.unreachable, start: start, length: length, period: period)
        case 2: return DownstreamFault(.blackhole, start: start, length: length, period: period)
        case 3: return DownstreamFault(.stall, start: start, length: length, period: period)
        case 4: return DownstreamFault(.buffers, start: start, length: length, period: period)
        case 5:
            let delay: Nanoseconds = dice.time(.microseconds(100), .seconds(3))
            return DownstreamFault(.slow(delay), start: start, length: length, period: period)
        case 6: return DownstreamFault(.burst(dice.scaled(in: 1...60)), start: start, period: period)
        case 7: return DownstreamFault(.restart, start: start, length: dice.chance(50) ? .zero : length, period: period)
        default: return DownstreamFault(.clientRestart, start: start, period: period)
        }
    }
}
