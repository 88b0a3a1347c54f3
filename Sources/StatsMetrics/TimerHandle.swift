import CoreMetrics
import StatsClient
import Synchronization

/// A timer. Milliseconds are sent as a StatsD timing; another unit is sent as a metric of the configured recorder type. The
/// unit that any holder preferred last applies to all holders, so that one name never mixes two units at a time.
final class TimerHandle: TimerHandler, SharedHandler {
    /// The metric for durations in a unit other than milliseconds.
    private final class Scaled: Sendable {
        let metric: ValueMetric
        init(_ metric: ValueMetric) { self.metric = metric }
    }

    let key: MetricKey
    private let client: StatsClient
    private let configuration: StatsMetricsFactory.Configuration
    private let timing: StatsClient.Timing
    private let refused: RefusedValues
    /// Created when another unit is first preferred, so that other timers use only one metric.
    private let scaled = AtomicLazyReference<Scaled>()
    /// The unit in use, in nanoseconds. A unit other than the millisecond is stored after `scaled` is set.
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
