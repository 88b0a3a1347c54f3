public import StatsModel

/// One change of a ``CircuitBreaker``'s state: when, from what, to what.
public struct BreakerTransition: Equatable, Sendable {
    public let instant: Instant
    public let from: CircuitBreaker.State
    public let to: CircuitBreaker.State

    public init(instant: Instant, from: CircuitBreaker.State, to: CircuitBreaker.State) {
        self.instant = instant
        self.from = from
        self.to = to
    }
}
