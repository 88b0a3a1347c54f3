import StatsModel

/// One rule of the network, numbered in the order in which rules apply.
package struct FaultRule: Hashable, Sendable {
    /// The kinds of rules.
    package enum Kind: String, CaseIterable, Sendable {
        case fail, restart, mtu, drop, bandwidth, loss, duplicate, corrupt, delay, reorder
        case clientRestart = "client-restart"

        /// The name in reports for a packet lost by this rule.
        package var title: String {
            switch self {
            case .fail: "downstream"
            case .restart: "agent restart"
            case .clientRestart: "client restart"
            case .mtu: "too long"
            case .drop: "chosen"
            case .bandwidth: "queue"
            case .loss: "network loss"
            case .duplicate: "duplicate"
            case .corrupt: "corruption"
            case .delay: "delay"
            case .reorder: "reorder"
            }
        }
    }

    /// The rule's number; the first is 1.
    package let number: Int
    package let kind: Kind
    /// The rule in the command line's words: `loss 3%`, `bandwidth 10mbit queue 100`.
    package let text: String
}

extension FaultRule: CustomStringConvertible {
    /// For example `rule 2, loss gemodel:1%,10%,100%,0%`.
    package var description: String { "rule \(number), \(text)" }
}

extension DownstreamFault.Kind {
    fileprivate var rule: FaultRule.Kind {
        switch self {
        case .refuse, .unreachable, .blackhole, .stall, .buffers, .slow, .burst: .fail
        case .restart: .restart
        case .clientRestart: .clientRestart
        }
    }
}

extension Impairments {
    /// All rules in the order in which they apply. The rule index of a ``Fate`` counts into it from 0.
    package var rules: [FaultRule] {
        var found: [(FaultRule.Kind, String)] = []
        found += failures.map { ($0.kind.rule, "fail \($0)") }
        if let mtu, mtu.isRefused { found.append((.mtu, "mtu \(mtu)")) }
        if !drop.isEmpty { found.append((.drop, "drop \(dropText)")) }
        if let bottleneck { found.append((.bandwidth, "bandwidth \(bottleneck.rate) queue \(bottleneck.queue)")) }
        found += losses.map { (.loss, "loss \($0)") }
        found += duplicates.map { (.duplicate, "duplicate \($0)") }
        found += corruptions.map { (.corrupt, "corrupt \($0)") }
        if delay != .zero || jitter != .zero {
            let spread = jitter == .zero ? "" : " jitter \(jitter) \(distribution.rawValue)"
            found.append((.delay, "delay \(delay)\(spread)"))
        }
        if !reorder.isZero { found.append((.reorder, "reorder \(reorder)\(gap == 1 ? "" : " gap \(gap)")")) }
        return found.enumerated().map { FaultRule(number: $0.offset + 1, kind: $0.element.0, text: $0.element.1) }
    }

    /// The chosen packets as text: `3,17,40...60`.
    package var dropText: String { Self.text(drop) }

    /// The packets that random rules apply to, in the same form; nil for all packets.
    package var onlyText: String? { only.map(Self.text) }

    private static func text(_ packets: [ClosedRange<UInt64>]) -> String {
        packets.map { $0.lowerBound == $0.upperBound ? "\($0.lowerBound)" : "\($0.lowerBound)...\($0.upperBound)" }
            .joined(separator: ",")
    }

    /// The index in ``rules`` of the first rule of each kind.
    var firstOfKind: (mtu: Int, drop: Int, bandwidth: Int, loss: Int, corrupt: Int) {
        let drop = failures.count + (mtu?.isRefused == true ? 1 : 0)
        let bandwidth = drop + (self.drop.isEmpty ? 0 : 1)
        let loss = bandwidth + (bottleneck == nil ? 0 : 1)
        return (failures.count, drop, bandwidth, loss, loss + losses.count + duplicates.count)
    }

    /// The index in ``rules`` of the first rule of each kind that applies to copies.
    var firstOfCopies: (duplicate: Int, delay: Int, reorder: Int) {
        let corrupt = firstOfKind.corrupt
        let delay = corrupt + corruptions.count
        return (corrupt - duplicates.count, delay, delay + (self.delay == .zero && jitter == .zero ? 0 : 1))
    }
}
