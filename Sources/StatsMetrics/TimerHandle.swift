import CoreMetrics
import StatsClient
import Synchronization

/// Durations. In milliseconds a StatsD timing; in another unit a metric of the configured recorder type. The last unit
/// that one of the holders preferred holds for all of them, so that one name never mixes two units at a time.
final class TimerHandle: TimerHandler, SharedHandler {
    /// The metric for durations in another unit than milliseconds.
    private final class Scaled: Sendable {
        let metric: ValueMetric
        init(_ metric: ValueMetric) { self.metric = metric }
    }

    let key: MetricKey
    private let client: StatsClient
    private let configuration: StatsMetricsFactory.Configuration
    private let timing: StatsClient.Timing
    private let refused: RefusedValues
    /// Made when another unit is first preferred, so that timers without one take no second metric.
    private let scaled = AtomicLazyReference<Scaled>()
    /// Nanoseconds of the unit in use. Any other than a millisecond is stored after `scaled`.
    private let unit = Atomic<UInt64>(TimeUnit.milliseconds.scaleFromNanoseconds)

    init(
        key: MetricKey, client: StatsClient, configuration: StatsMetricsFactory.Configuration, refused: RefusedValues
    ) {
        self.key = key
        self.client = client
        self.configuration = configuration
        self.refused = refused
        timing = client.timing(key.name, tags: key.tags)
    }

    func recordNanoseconds(_ duration: Int64) {
        guard duration >= 0 else { return refused.add() }
        let unit = unit.load(ordering: .acquiring)
        if unit != TimeUnit.milliseconds.scaleFromNanoseconds, let scaled = scaled.load() {
            scaled.metric.record(Double(duration) / Double(unit))
        } else {
            timing.record(nanoseconds: duration)
        }
    }

    func preferDisplayUnit(_ unit: TimeUnit) {
        switch configuration.timerUnit {
        case .milliseconds: return
        case .preferred: break
        }
        if unit != .milliseconds, scaled.load() == nil {
            _ = scaled.storeIfNil(Scaled(ValueMetric(configuration.recorderType, key: key, client: client)))
        }
        self.unit.store(unit.scaleFromNanoseconds, ordering: .releasing)
    }
}
