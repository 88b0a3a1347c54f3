import CoreMetrics
import StatsClient
import Synchronization

/// A recorder that does not aggregate: the server keeps the last value.
final class GaugeHandle: RecorderHandler, SharedHandler {
    let key: MetricKey
    private let gauge: StatsClient.Gauge
    private let refused: RefusedValues

    init(key: MetricKey, gauge: StatsClient.Gauge, refused: RefusedValues) {
        self.key = key
        self.gauge = gauge
        self.refused = refused
    }

    func record(_ value: Int64) { gauge.set(Double(value)) }

    func record(_ value: Double) {
        guard value.isFinite else { return refused.add() }
        gauge.set(value)
    }
}

/// A level that can be set or changed. Each send carries the level itself, never a difference.
///
/// The level is one atomic word. A thread changes it, sends it, and reads it again. If another thread has changed it in the
/// meantime, it sends the new level too. So the last level sent is the final one.
final class MeterHandle: MeterHandler, SharedHandler {
    let key: MetricKey
    private let gauge: StatsClient.Gauge
    private let refused: RefusedValues
    /// The bits of a finite `Double`. The bits of 0 are 0.
    private let level = Atomic<UInt64>(0)

    init(key: MetricKey, gauge: StatsClient.Gauge, refused: RefusedValues) {
        self.key = key
        self.gauge = gauge
        self.refused = refused
    }

    func set(_ value: Int64) { set(Double(value)) }

    func set(_ value: Double) {
        guard value.isFinite else { return refused.add() }
        level.store(value.bitPattern, ordering: .sequentiallyConsistent)
        send(value.bitPattern)
    }

    func increment(by amount: Double) {
        guard amount >= 0 else { return refused.add() }
        change(by: amount)
    }

    func decrement(by amount: Double) {
        guard amount >= 0 else { return refused.add() }
        change(by: -amount)
    }

    private func change(by amount: Double) {
        var seen = level.load(ordering: .relaxed)
        while true {
            let next = Double(bitPattern: seen) + amount
            guard next.isFinite else { return refused.add() }
            let (isDone, current) = level.weakCompareExchange(
                expected: seen, desired: next.bitPattern, ordering: .sequentiallyConsistent)
            if isDone { return send(next.bitPattern) }
            seen = current
        }
    }

    /// The loop repeats only if another thread changed the level.
    private func send(_ bits: UInt64) {
        var sent = bits
        while true {
            gauge.set(Double(bitPattern: sent))
            let current = level.load(ordering: .sequentiallyConsistent)
            if current == sent { return }
            sent = current
        }
    }
}
