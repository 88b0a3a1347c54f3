package import StatsModel

/// What the network does to packets. As it is made: a perfect network.
package struct Impairments: Sendable, Equatable {
    /// When whoever should receive the packets fails.
    package var failures: [DownstreamFault] = []
    /// Data packets dropped by number: sorted, disjoint, closed ranges.
    package var drop: [ClosedRange<UInt64>] = []
    /// Whether the receiver's answers come back at all; where not, it never answers.
    package var hasWayBack = true
    /// A link of limited rate; nil: none.
    package var bottleneck: Bottleneck?
    /// The longest IP packet the network takes in one piece; nil: any.
    package var mtu: MaximumTransmissionUnit?
    /// Models of random loss; a packet is lost by the first that strikes it.
    package var losses: [LossModel] = []
    /// After so many data packets lost in a row the next one gets through; nil: no bound.
    package var lossBurstMaximum: Int?
    /// Shares of packets of which a second copy is made.
    package var duplicates: [Ratio] = []
    /// How copies are damaged; the first that strikes a copy does it.
    package var corruptions: [Corruption] = []
    /// How long every packet is under way.
    package var delay = Nanoseconds.zero
    /// Deviation of the delay, spread as ``distribution`` says; a delay is never below zero.
    package var jitter = Nanoseconds.zero
    package var distribution = DelayDistribution.uniform
    /// Share of copies that ``reorderGap`` later packets overtake.
    package var reorder = Ratio.zero
    /// netem's `gap`: after a reordered packet so many less one are not reordered. 1: every packet may be.
    package var gap = 1
    /// A reordered copy is held back until so many later packets have been sent past it ...
    package var reorderGap = 3
    /// ... or for so long beyond the longest delay, where fewer follow. Half the receiver's default reorder limit, so
    /// that a packet held back is late and not lost.
    package var reorderHold = Nanoseconds.seconds(1)
    /// The data packets that random rules (loss, duplicate, corrupt, reorder) may strike: sorted, disjoint, closed ranges;
    /// nil: every packet, of whatever kind. The draws stay what they are.
    package var only: [ClosedRange<UInt64>]?
    /// Copies in flight at once; one more is dropped.
    package var maximumInFlight = 65_536

    package init() {}
}

extension Impairments {
    /// Share of packets lost without memory: the first rule of loss, where it is such a one. Setting it replaces all.
    package var loss: Ratio {
        get {
            if case .random(let rate, let correlation)? = losses.first, correlation.isZero { rate } else { .zero }
        }
        set { losses = newValue.isZero ? [] : [.random(newValue, correlation: .zero)] }
    }

    /// Share of packets doubled by the first rule. Setting it replaces all.
    package var duplicate: Ratio {
        get { duplicates.first ?? .zero }
        set { duplicates = newValue.isZero ? [] : [newValue] }
    }

    /// Share of copies in which bits are flipped, where that is the first rule. Setting it replaces all.
    package var corrupt: Ratio {
        get { corruptions.first.map { $0.kind == .bits ? $0.share : .zero } ?? .zero }
        set { corruptions = newValue.isZero ? [] : [Corruption(share: newValue)] }
    }

    /// The longest any copy can be under way, but for queue and reordering.
    var longestDelay: Nanoseconds {
        switch distribution {
        case .uniform: delay + jitter
        // The tables end below four.
        case .normal, .pareto, .paretonormal: delay + Nanoseconds(4 * jitter.rawValue)
        }
    }
}
