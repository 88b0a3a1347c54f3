/// What became of one record offered to a ``LocalAggregator``.
public enum AggregateResult: Equatable, Sendable {
    /// It is part of the next flush.
    case aggregated
    /// It is to be sent as an event of its own.
    case passThrough
    /// The record is to be sent first, then this one as an event of its own: a gauge had an aggregated value waiting
    /// when its first change (`+1`) came.
    case passThroughAfter(AggregateRecord)
}
