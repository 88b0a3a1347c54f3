package import StatsModel

/// Everything the network does to packets. The initial value is a perfect network.
package struct Impairments: Sendable, Equatable {
    /// The periods in which the receiver, the path to it or the client fails.
    package var failures: [DownstreamFault] = []
    /// Data packets dropped by number: sorted, disjoint, closed ranges.
    package var drop: [ClosedRange<UInt64>] = []
    /// Whether there is a return path for the receiver's answers. Without it the receiver never answers.
    package var hasReturnPath = true
    /// A link of limited rate; nil for none.
    package var bottleneck: Bottleneck?
    /// The longest IP packet that the network carries in one piece; nil for any length.
    package var mtu: MaximumTransmissionUnit?
    /// Models of random loss. The first model that selects a packet drops it.
    package var losses: [LossModel] = []
    /// After this many data packets lost in a row the next one passes; nil for no bound.
    package var lossBurstMaximum: Int?
    /// The shares of packets that are duplicated, one for each rule.
    package var duplicates: [Ratio] = []
    /// How copies are damaged. The first rule that selects a copy damages it.
    package var corruptions: [Corruption] = []
    /// How long every packet travels.
    package var delay = Nanoseconds.zero
    /// Deviation of the delay, distributed by ``distribution``. A delay is never below zero.
    package var jitter = Nanoseconds.zero
    /// The distribution of the jitter.
    package var distribution = DelayDistribution.uniform
    /// The share of copies that ``reorderGap`` later packets overtake.
    package var reorder = Ratio.zero
    /// netem's `gap`: after a reordered packet, `gap - 1` packets are not reordered. 1 means that every packet may be.
    package var gap = 1
    /// A reordered copy is held back until this many later packets have passed it ...
    package var reorderGap = 3
    /// ... or, if fewer follow, for this long beyond the longest delay. It is half of the receiver's default reorder limit, so
    /// that a packet held back is late and not lost.
    package var reorderHold = Nanoseconds.seconds(1)
    /// The data packets that random rules (loss, duplicate, corrupt, reorder) apply to: sorted, disjoint, closed ranges; nil
    /// for all packets of every kind. The draws do not depend on it.
    package var only: [ClosedRange<UInt64>]?
    /// The most copies in flight at once. Further copies are dropped.
    package var maximumInFlight = 65_536

    package init() {}
}

extension Impairments {
    /// The share of packets lost independently: the first loss rule, if it is of that kind. Setting it replaces all loss rules.
    package var loss: Ratio {
        get {
            if case .random(let rate, let correlation)? = losses.first, correlation.isZero { rate } else { .zero }
        }
        set { losses = newValue.isZero ? [] : [.random(newValue, correlation: .zero)] }
    }

    /// The share of packets duplicated by the first rule. Setting it replaces all duplicating rules.
    package var duplicate: Ratio {
        get { duplicates.first ?? .zero }
        set { duplicates = newValue.isZero ? [] : [newValue] }
    }

    /// The share of copies with flipped bits, if the first rule flips bits. Setting it replaces all corrupting rules.
    package var corrupt: Ratio {
        get { corruptions.first.map { $0.kind == .bits ? $0.share : .zero } ?? .zero }
        set { corruptions = newValue.isZero ? [] : [Corruption(share: newValue)] }
    }

    /// The longest time a copy can travel, without queue and reordering.
    var longestDelay: Nanoseconds {
        switch distribution {
        case .uniform: delay + jitter
        // The tables end below four jitters.
        case .normal, .pareto, .paretonormal: delay + Nanoseconds(4 * jitter.rawValue)
        }
    }
}
