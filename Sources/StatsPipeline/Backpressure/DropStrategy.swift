public import StatsModel

/// The event that is lost when events arrive faster than they leave.
///
/// | scenario | strategy | because |
/// |---|---|---|
/// | real-time monitoring | ``realTime`` | new data is more valuable |
/// | historical analysis | ``historical`` | recorded data is kept |
/// | mixed workload | ``mixedWorkload`` | critical metrics get through |
/// | high cardinality | ``highCardinality`` | the remaining events still represent the whole |
/// | unreliable network | any, behind a ``CircuitBreaker`` | nothing is spent on a downstream that fails |
public enum DropStrategy: Sendable, Equatable {
    /// The new event is refused, and waiting events are kept.
    case newest
    /// The oldest waiting event is evicted, and the new one takes its place.
    case oldest
    /// The least important event is lost. Waiting events of a lower priority make room. Low priority is refused from the given
    /// fill level on, so that others rarely have to evict. For a ``PriorityBuffer``.
    case byPriority(lowRefusedFrom: Ratio)
    /// A share of events is kept, chosen by keyed draws before the buffer is full. The remaining events carry the sample rate.
    case sampled(SamplingPlan)

    /// The strategy for real-time monitoring.
    public static let realTime = DropStrategy.oldest
    /// The strategy for historical analysis.
    public static let historical = DropStrategy.newest
    /// The strategy for a mixed workload: low priority is refused from a fill level of 90 % on.
    public static let mixedWorkload = DropStrategy.byPriority(lowRefusedFrom: Ratio(90, outOf: 100))
    /// The strategy for high cardinality.
    public static let highCardinality = DropStrategy.sampled(.standard)
}

extension DropStrategy {
    /// The strategy without its parameters.
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
