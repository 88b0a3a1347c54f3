public import StatsModel

/// What gives way when events come faster than they leave.
///
/// | scenario | strategy | because |
/// |---|---|---|
/// | real-time monitoring | ``realTime`` | fresh data is worth more |
/// | historical analysis | ``historical`` | what was recorded is kept |
/// | mixed workload | ``mixedWorkload`` | critical metrics get through |
/// | high cardinality | ``highCardinality`` | what is left still adds up to the whole |
/// | unreliable network | any, behind a ``CircuitBreaker`` | nothing is spent on a downstream that fails |
public enum DropStrategy: Sendable, Equatable {
    /// The new event: what waits is kept.
    case newest
    /// The oldest event waiting: the new one takes its place.
    case oldest
    /// What matters least: waiting events of a lower priority make room, and low priority is refused from the given
    /// fill on, so that others need not evict. For a ``PriorityBuffer``.
    case byPriority(lowRefusedFrom: Ratio)
    /// A share of events, chosen by keyed draws before the buffer is full; the survivors carry the rate.
    case sampled(SamplingPlan)

    public static let realTime = DropStrategy.oldest
    public static let historical = DropStrategy.newest
    public static let mixedWorkload = DropStrategy.byPriority(lowRefusedFrom: Ratio(90, outOf: 100))
    public static let highCardinality = DropStrategy.sampled(.standard)
}

extension DropStrategy {
    /// Which of the four it is, without what belongs to it.
    package enum Kind {
        case newest, oldest, byPriority, sampled
    }

    var kind: Kind {
        switch self {
        case .newest: .newest
        case .oldest: .oldest
        case .byPriority: .byPriority
        case .sampled: .sampled
        }
    }
}
