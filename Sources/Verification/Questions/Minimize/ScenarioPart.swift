import NetworkEmulator
import ReplayEngine
import StatsModel

/// A part of a scenario that can be left out: a rule of the network, or a part of how the capture is offered. Seed, ports,
/// client, sender model and receiver are never left out, since they are the subject of the question.
enum ScenarioPart: Hashable {
    case failure(Int)
    /// The repetition of a periodic failure.
    case period(Int)
    case loss(Int), burstMaximum, duplicate(Int), corruption(Int)
    /// Each with its details: reordering with its gap, jitter with its distribution, the bottleneck with its queue.
    case reorder, delay, jitter, bottleneck, mtu
    case pace, loop, limit, duration
}

extension Scenario {
    /// The scenario's parts, in the order in which a command line states them.
    ///
    /// - Parameter withEnds: includes the limit and the duration. Leaving them out makes a run longer instead of shorter.
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
        // `without(_:)` removes these rules together, since their indices refer to the original lists.
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
    /// Whether there are random rules that ``only`` bounds.
    var hasRandomRules: Bool {
        !losses.isEmpty || !duplicates.isEmpty || !corruptions.isEmpty || !reorder.isZero
    }

    /// The number of faults: packets dropped by number, packets that random rules may hit, and all other rules. If random rules
    /// may hit any packet, each rule counts as one fault.
    ///
    /// - Parameter sent: data packets of the run; chosen packets beyond them do not count
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
