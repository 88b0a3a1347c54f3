import StatsModel
import StatsWire

/// The random decisions on one packet. Every rule has its own draw. A draw depends only on the seed, the rule, the packet and
/// the copy. So a packet lost at 3 % is lost at 5 % as well, whatever else is configured.
struct FaultDraws: Sendable {
    /// Numbers of the kinds of draws. 1 and 16 to 18 belong to ``LossRule``, 4 and 5 to bit flips, 8 to 10 to the other
    /// damages.
    private enum Rule: UInt64 {
        case duplicate = 2
        case corrupt = 3
        case jitter = 6
        case reorder = 7
    }

    /// The decisions on a packet as a whole, before anything happens to it.
    struct Verdict: Equatable, Sendable {
        /// The loss rule that drops it, by index among the loss rules.
        var loss: Int?
        /// Whether its first copy is reordered.
        var isReordered = false
        /// Whether a loss rule selected it, but random rules do not apply to it (``Impairments/only``).
        var isSpared = false
        /// Whether a loss rule selected it, but the bound on losses in a row (``Impairments/lossBurstMaximum``) kept it.
        var isLetThrough = false
    }

    private let random: KeyedRandom
    private let impairments: Impairments
    private let table: [Int16]
    private var lossRules: [LossRule]
    private var runs = SessionRuns()

    init(impairments: Impairments, seed: UInt64) {
        random = KeyedRandom(seed: seed)
        self.impairments = impairments
        table = impairments.distribution.table ?? []
        lossRules = impairments.losses.enumerated().map { [random] in
            LossRule($0.element, index: $0.offset, random: random)
        }
    }

    private func chance(_ share: Ratio, _ name: Rule, _ packet: PacketIdentity, copy: Int = 0, index: Int = 0) -> Bool {
        random.chance(
            share, rule: packet.ruleKey(name.rawValue, index: UInt64(index)), flow: packet.session,
            sequence: packet.key, copy: packet.copyKey(copy))
    }

    private func draw(_ name: Rule, _ packet: PacketIdentity, copy: Int) -> UInt64 {
        random.draw(
            rule: packet.ruleKey(name.rawValue), flow: packet.session, sequence: packet.key, copy: packet.copyKey(copy))
    }

    /// Whether random rules apply to this packet. O(log ranges).
    private func isExposed(_ packet: PacketIdentity) -> Bool {
        guard let only = impairments.only else { return true }
        return packet.isNumbered && Self.contains(only, packet.sequence)
    }

    /// Whether one of the sorted, disjoint ranges contains the number. O(log ranges).
    private static func contains(_ ranges: [ClosedRange<UInt64>], _ number: UInt64) -> Bool {
        var low = 0
        var high = ranges.count
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].upperBound < number { low = middle + 1 } else { high = middle }
        }
        return low < ranges.count && ranges[low].contains(number)
    }

    /// Makes the decisions that depend on earlier packets. Call it exactly once for every packet, whatever happens to it.
    mutating func judge(_ packet: PacketIdentity, fragments: Int = 1) -> Verdict {
        var verdict = Verdict()
        // Every rule is evaluated, so that no rule's state depends on another rule's verdict.
        for index in lossRules.indices where lossRules[index].isLost(packet, fragments: fragments) {
            verdict.loss = verdict.loss ?? index
        }
        let isExposed = isExposed(packet)
        if !isExposed, verdict.loss != nil {
            verdict.loss = nil
            verdict.isSpared = true
        }
        let isStruck = isExposed && !impairments.reorder.isZero && chance(impairments.reorder, .reorder, packet)
        verdict.isReordered = isStruck && impairments.gap == 1
        let remembers = impairments.gap > 1 || impairments.lossBurstMaximum != nil
        guard packet.isFirstSending, remembers else { return verdict }
        runs.update(packet.session) { [impairments] run in
            if run.lastNumber != packet.sequence &- 1 { run.lost = 0 }
            run.lastNumber = packet.sequence
            if let most = impairments.lossBurstMaximum, run.lost >= most, verdict.loss != nil {
                verdict.loss = nil
                verdict.isLetThrough = true
            }
            run.lost = verdict.loss == nil ? 0 : run.lost + 1
            if impairments.gap > 1 {
                verdict.isReordered = isStruck && run.sinceReorder >= impairments.gap - 1
                run.sinceReorder = verdict.isReordered ? 0 : run.sinceReorder + 1
            }
        }
        return verdict
    }

    /// The rule that makes a second copy, by index among the duplicating rules; nil if none does.
    func duplication(_ packet: PacketIdentity) -> Int? {
        guard isExposed(packet) else { return nil }
        return impairments.duplicates.indices.first {
            chance(impairments.duplicates[$0], .duplicate, packet, index: $0)
        }
    }

    /// The rule that damages the copy, by index among the corrupting rules; nil if none does.
    func corruption(_ packet: PacketIdentity, copy: Int) -> Int? {
        guard isExposed(packet) else { return nil }
        return impairments.corruptions.indices.first {
            chance(impairments.corruptions[$0].share, .corrupt, packet, copy: copy, index: $0)
        }
    }

    /// Whether a second copy is reordered. With a gap none is.
    func isSecondCopyReordered(_ packet: PacketIdentity) -> Bool {
        impairments.gap == 1 && isExposed(packet) && chance(impairments.reorder, .reorder, packet, copy: 1)
    }

    /// Whether the scenario lists the packet to be dropped. This holds for retransmissions too. O(log ranges).
    func isChosen(_ packet: PacketIdentity) -> Bool {
        packet.isNumbered && Self.contains(impairments.drop, packet.sequence)
    }

    /// How long a copy travels.
    func delay(_ packet: PacketIdentity, copy: Int) -> Nanoseconds {
        let jitter = impairments.jitter.rawValue
        guard jitter > 0 else { return impairments.delay }
        let draw = draw(.jitter, packet, copy: copy)
        let deviation: Int64
        if table.isEmpty {
            deviation = Int64(draw.multipliedFullWidth(by: 2 * UInt64(jitter) + 1).high) - jitter
        } else {
            let quantile = Int64(table[Int(draw >> 52)])
            let (whole, rest) = jitter.quotientAndRemainder(dividingBy: DelayDistribution.scale)
            deviation = whole * quantile + rest * quantile / DelayDistribution.scale
        }
        return Nanoseconds(max(0, impairments.delay.rawValue + deviation))
    }

    /// Damages a copy as the rule says. At least one byte is changed or cut off; datagrams passed here have at least one.
    func damage(_ bytes: inout [UInt8], of packet: PacketIdentity, copy: Int, by rule: Int) {
        let draws = DamageDraws(random: random, packet: packet, copy: copy, rule: rule)
        switch impairments.corruptions[rule].kind {
        case .bits: draws.flipBits(&bytes)
        case .bytes: draws.replaceBytes(&bytes)
        case .truncate: draws.truncate(&bytes)
        }
    }
}
