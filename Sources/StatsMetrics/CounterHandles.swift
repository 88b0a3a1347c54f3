import CoreMetrics
import StatsClient

/// A counter of whole numbers. Each increment is sent as one event.
final class CounterHandle: CounterHandler, SharedHandler {
    let key: MetricKey
    private let counter: StatsClient.Counter
    private let refused: RefusedValues

    init(key: MetricKey, counter: StatsClient.Counter, refused: RefusedValues) {
        self.key = key
        self.counter = counter
        self.refused = refused
    }

    func increment(by amount: Int64) {
        guard amount >= 0 else { return refused.add() }
        counter.increment(by: Double(amount))
    }

    /// Does nothing: the server keeps the totals.
    func reset() {}
}

/// A counter of floating-point numbers. Each increment is sent as one event.
final class FloatingCounterHandle: FloatingPointCounterHandler, SharedHandler {
    let key: MetricKey
    private let counter: StatsClient.Counter
    private let refused: RefusedValues

    init(key: MetricKey, counter: StatsClient.Counter, refused: RefusedValues) {
        self.key = key
        self.counter = counter
        self.refused = refused
    }

    func increment(by amount: Double) {
        guard amount >= 0, amount.isFinite else { return refused.add() }
        counter.increment(by: amount)
    }

    /// Does nothing: the server keeps the totals.
    func reset() {}
}
