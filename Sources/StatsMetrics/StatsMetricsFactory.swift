public import CoreMetrics
public import StatsClient
import StatsPipeline

/// A swift-metrics backend that sends through a ``StatsClient``: every library that measures itself with swift-metrics
/// then reports to the client's destination.
///
///     let client = try StatsClient(destination: Destination(parsing: "127.0.0.1:8125"))
///     MetricsSystem.bootstrap(StatsMetricsFactory(client: client))
///
///     let requests = Counter(label: "http.requests", dimensions: [("method", "GET")])
///     requests.increment()
///
/// | swift-metrics | on the wire |
/// |---|---|
/// | `Counter`, `FloatingPointCounter` | counter: each increment as it was made. `reset()` does nothing: totals are the server's |
/// | `Meter` | gauge: the level after each change, never a difference, so that a lost packet is mended by the next |
/// | `Gauge`, `Recorder` that does not aggregate | gauge |
/// | `Recorder` that aggregates | histogram, or distribution (``Configuration/recorderType``) |
/// | `Timer` | timing in milliseconds; with another preferred unit as recorders, in that unit (``Configuration/timerUnit``) |
///
/// **Names.** A label keeps ASCII letters, digits, `.`, `_` and `-`; each other character becomes one underscore, so
/// that every StatsD dialect reads the same name. Dimensions become tags: their keys follow the same rule, their values
/// lose only what would end a tag (comma, bar, control characters). A key given twice has its last value.
///
/// **Values.** What swift-metrics calls illegal (not a number, infinite, a negative amount or duration) is left out and
/// counted in ``refusedValues``. Integers beyond 2^53 are rounded to the nearest `Double`.
///
/// **Sharing.** Objects made with the same kind, label and dimensions share one handler, up to the client's
/// `metricLimit`; beyond it each object has its own. Destroying the last of them forgets the handler; one that is still
/// held goes on recording. Recording takes no lock and allocates nothing; what the client has no room for is counted in
/// its ledger, by cause.
///
/// **Meters** changed by several threads within the same millisecond may arrive swapped; the thread that sees it sends
/// the level again.
public final class StatsMetricsFactory: MetricsFactory {
    public let client: StatsClient
    public let configuration: Configuration

    private let refused = RefusedValues()
    private let counters: HandlerTable<CounterHandle>
    private let floatingCounters: HandlerTable<FloatingCounterHandle>
    private let meters: HandlerTable<MeterHandle>
    private let recorders: HandlerTable<RecorderHandle>
    private let gauges: HandlerTable<GaugeHandle>
    private let timers: HandlerTable<TimerHandle>

    /// The client stays the caller's: whoever made it shuts it down.
    public init(client: StatsClient, configuration: Configuration = Configuration()) {
        self.client = client
        self.configuration = configuration
        let limit = client.configuration.metricLimit
        counters = HandlerTable(limit: limit)
        floatingCounters = HandlerTable(limit: limit)
        meters = HandlerTable(limit: limit)
        recorders = HandlerTable(limit: limit)
        gauges = HandlerTable(limit: limit)
        timers = HandlerTable(limit: limit)
    }

    /// Values that were left out because no server could use them.
    public var refusedValues: UInt64 { refused.count }

    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        counters.handler(for: MetricKey(label: label, dimensions: dimensions)) { key in
            CounterHandle(key: key, counter: client.counter(key.name, tags: key.tags), refused: refused)
        }
    }

    public func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        floatingCounters.handler(for: MetricKey(label: label, dimensions: dimensions)) { key in
            FloatingCounterHandle(key: key, counter: client.counter(key.name, tags: key.tags), refused: refused)
        }
    }

    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        meters.handler(for: MetricKey(label: label, dimensions: dimensions)) { key in
            MeterHandle(key: key, gauge: client.gauge(key.name, tags: key.tags), refused: refused)
        }
    }

    public func makeRecorder(
        label: String, dimensions: [(String, String)], aggregate: Bool
    ) -> any RecorderHandler {
        let key = MetricKey(label: label, dimensions: dimensions)
        guard aggregate else {
            return gauges.handler(for: key) { key in
                GaugeHandle(key: key, gauge: client.gauge(key.name, tags: key.tags), refused: refused)
            }
        }
        return recorders.handler(for: key) { key in
            RecorderHandle(
                key: key, values: ValueMetric(configuration.recorderType, key: key, client: client), refused: refused)
        }
    }

    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        timers.handler(for: MetricKey(label: label, dimensions: dimensions)) { key in
            TimerHandle(key: key, client: client, configuration: configuration, refused: refused)
        }
    }

    public func destroyCounter(_ handler: any CounterHandler) {
        if let handler = handler as? CounterHandle { counters.release(handler) }
    }

    public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {
        if let handler = handler as? FloatingCounterHandle { floatingCounters.release(handler) }
    }

    public func destroyMeter(_ handler: any MeterHandler) {
        if let handler = handler as? MeterHandle { meters.release(handler) }
    }

    public func destroyRecorder(_ handler: any RecorderHandler) {
        if let handler = handler as? RecorderHandle { recorders.release(handler) }
        if let handler = handler as? GaugeHandle { gauges.release(handler) }
    }

    public func destroyTimer(_ handler: any TimerHandler) {
        if let handler = handler as? TimerHandle { timers.release(handler) }
    }
}
