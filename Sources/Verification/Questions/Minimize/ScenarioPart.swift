import NetworkEmulator
import ReplayEngine
import StatsModel

/// Something a scenario has beyond the plain one and could do without: a rule of the network, or how the capture is
/// offered. Seed, ports, client, sender model and receiver are what is looked at, and no such part.
enum ScenarioPart: Hashable {
    case failure(Int)
    /// That a failure comes again and again.
    case period(Int)
    case loss(Int), burstMaximum, duplicate(Int), corruption(Int)
    /// With its gap; the jitter with its distribution; the link with its queue.
    case reorder, delay, jitter, bottleneck, mtu
    case pace, loop, limit, duration
}

extension Scenario {
    /// Its parts, in the order in which a command line states them.
    ///
    /// - Parameter withEnds: limit and duration too, without which a run has more to do, not less
    func parts(withEnds: Bool) -> [ScenarioPart] {
        let network = impairments
        var parts = network.failures.indices.map(ScenarioPart.failure)
        parts += network.failures.indices.filter { network.failures[$0].period != nil }.map(ScenarioPart.period)
        parts += network.losses.indices.map(ScenarioPart.loss)
        parts += network.duplicates.indices.map(ScenarioPart.duplicate)
        parts += network.corruptions.indices.map(ScenarioPart.corruption)
        let single: [(ScenarioPart, Bool)] = [
            (.burstMaximum, network.lossBurstMaximum != nil), (.reorder, !network.reorder.isZero), (.delay, network.delay != .zero),
            (.jitter, network.jitter != .zero), (.bottleneck, network.bottleneck != nil), (.mtu, network.mtu != nil),
            (.pace, pace != .recorded), (.loop, loop != 1), (.limit, withEnds && limit != nil),
            (.duration, withEnds && duration != nil),
        ]
        return parts + single.filter(\.1).map(\.0)
    }

    /// The same scenario without these parts.
    func without(_ parts: Set<ScenarioPart>) -> Scenario {
        var result = self
        for part in parts { result.reset(part) }
        let old = impairments
        func kept<Rule>(_ rules: [Rule], _ part: (Int) -> ScenarioPart) -> [Rule] {
            rules.indices.filter { !parts.contains(part($0)) }.map { rules[$0] }
        }
        result.impairments.failures = kept(result.impairments.failures, ScenarioPart.failure)
        result.impairments.losses = kept(old.losses, ScenarioPart.loss)
        result.impairments.duplicates = kept(old.duplicates, ScenarioPart.duplicate)
        result.impairments.corruptions = kept(old.corruptions, ScenarioPart.corruption)
        if !result.impairments.hasRandomRules { result.impairments.only = nil }
        return result
    }

    private mutating func reset(_ part: ScenarioPart) {
        let plain = Scenario()
        switch part {
        // Rules are left out together, since their indices mean places in the old lists.
        case .failure, .loss, .duplicate, .corruption: break
        case .period(let index): impairments.failures[index].period = nil
        case .burstMaximum: impairments.lossBurstMaximum = nil
        case .reorder:
            impairments.reorder = .zero
            impairments.gap = plain.impairments.gap
        case .delay: impairments.delay = .zero
        case .jitter:
            impairments.jitter = .zero
            impairments.distribution = plain.impairments.distribution
        case .bottleneck: impairments.bottleneck = nil
        case .mtu: impairments.mtu = nil
        case .pace: pace = plain.pace
        case .loop: loop = plain.loop
        case .limit: limit = nil
        case .duration: duration = nil
        }
    }
}

extension Impairments {
    /// Whether anything is left to chance that ``only`` bounds.
    var hasRandomRules: Bool {
        !losses.isEmpty || !duplicates.isEmpty || !corruptions.isEmpty || !reorder.isZero
    }

    /// How many faults there are: packets that are chosen to be dropped, packets that random rules may strike or, where
    /// those may strike any, the rules themselves, and every other rule.
    ///
    /// - Parameter sent: data packets of the run; choices beyond them are none
    func faultCount(sent: UInt64) -> UInt64 {
        func count(_ ranges: [ClosedRange<UInt64>]) -> UInt64 {
            ranges.filter { $0.lowerBound <= sent }.reduce(0) { $0 + min($1.upperBound, sent) - $1.lowerBound + 1 }
        }
        let random = losses.count + duplicates.count + corruptions.count + (reorder.isZero ? 0 : 1)
        let others = failures.count + (bottleneck == nil ? 0 : 1) + (mtu == nil ? 0 : 1)
        let slow = delay == .zero && jitter == .zero ? 0 : 1
        return count(drop) + (random == 0 ? 0 : only.map(count) ?? UInt64(random)) + UInt64(others + slow)
    }
}
