/// The result of offering an event to a ``LocalAggregator``.
public enum AggregateResult: Equatable, Sendable {
    /// The event is part of the next flush.
    case aggregated
    /// The event must be sent by itself.
    case passThrough
    /// The record must be sent first, and then the event by itself. A gauge's aggregated value was waiting when its first change
    /// (`+1`) arrived.
    case passThroughAfter(AggregateRecord)
}
