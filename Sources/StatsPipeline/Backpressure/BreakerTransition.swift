public import StatsModel

/// One change of a ``CircuitBreaker``'s state.
public struct BreakerTransition: Equatable, Sendable {
    /// The time of the change.
    public let instant: Instant
    /// The state before.
    public let from: CircuitBreaker.State
    /// The state afterwards.
    public let to: CircuitBreaker.State

    /// A change from its parts.
    public init(instant: Instant, from: CircuitBreaker.State, to: CircuitBreaker.State) {
        self.instant = instant
        self.from = from
        self.to = to
    }
}
