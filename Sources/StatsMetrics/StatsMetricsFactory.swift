public import CoreMetrics
public import StatsClient
import StatsPipeline

/// A swift-metrics backend that sends through a ``StatsClient``. Every library that uses swift-metrics then reports to the
/// client's destination.
///
///     let client = try StatsClient(destination: Destination(parsing: "127.0.0.1:8125"))
///     MetricsSystem.bootstrap(StatsMetricsFactory(client: client))
///
///     let requests = Counter(label: "http.requests", dimensions: [("method", "GET")])
///     requests.increment()
///
/// | swift-metrics | on the wire |
/// |---|---|
/// | `Counter`, `FloatingPointCounter` | counter, one event an increment. `reset()` does nothing: the server keeps the totals |
/// | `Meter` | gauge: the level after each change, never a difference, so that the next packet corrects a lost one |
/// | `Gauge`, `Recorder` that does not aggregate | gauge |
/// | `Recorder` that aggregates | histogram, or distribution (``Configuration/recorderType``) |
/// | `Timer` | timing in milliseconds; for another preferred unit see ``Configuration/timerUnit`` |
///
/// **Names.** A label keeps ASCII letters, digits, `.`, `_` and `-`. Each other character becomes one underscore, so that every
/// StatsD dialect reads the same name. Dimensions become tags. Their keys follow the same rule. In their values only characters
/// that would end a tag are replaced (comma, bar, control characters). If a key is given twice, its last value counts.
///
/// **Values.** Values that swift-metrics calls illegal (not a number, infinite, a negative amount or duration) are left out and
/// counted in ``refusedValues``. Integers beyond 2^53 are rounded to the nearest `Double`.
///
/// **Sharing.** Objects with the same kind, label and dimensions share one handler, up to the client's `metricLimit`. Beyond
/// that limit each object has its own handler. The table forgets a handler when the last of its objects is destroyed. A handler
/// that is still held continues to record. Recording takes no lock and allocates nothing. The client's ledger counts the events
/// that the client has no room for, by cause.
///
/// **Meters** changed by several threads within the same millisecond may arrive in the wrong order. The thread that notices it
/// sends the level again.
public final class StatsMetricsFactory: MetricsFactory {
    /// The client that sends the metrics.
    public let client: StatsClient
    /// How the types of swift-metrics are sent.
    public let configuration: Configuration

    private let refused = RefusedValues()
    private let counters: HandlerTable<CounterHandle>
    private let floatingCounters: HandlerTable<FloatingCounterHandle>
    private let meters: HandlerTable<MeterHandle>
    private let recorders: HandlerTable<RecorderHandle>
    private let gauges: HandlerTable<GaugeHandle>
    private let timers: HandlerTable<TimerHandle>

    /// The caller keeps ownership of the client and shuts it down.
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

    /// Returns the counter of that label and dimensions, shared with equal ones. O(length of the key).
    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        counters.handler(for: MetricKey(label: label, dimensions: dimensions)) { key in
            CounterHandle(key: key, counter: client.counter(key.name, tags: key.tags), refused: refused)
        }
    }

    /// Returns the counter of that label and dimensions, shared with equal ones. O(length of the key).
    public func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        floatingCounters.handler(for: MetricKey(label: label, dimensions: dimensions)) { key in
            FloatingCounterHandle(key: key, counter: client.counter(key.name, tags: key.tags), refused: refused)
        }
    }

    /// Returns the meter of that label and dimensions, which is sent as a gauge. O(length of the key).
    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        meters.handler(for: MetricKey(label: label, dimensions: dimensions)) { key in
            MeterHandle(key: key, gauge: client.gauge(key.name, tags: key.tags), refused: refused)
        }
    }

    /// Returns a histogram or distribution if `aggregate` is true, and a gauge if not. O(length of the key).
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

    /// Returns the timer of that label and dimensions, shared with equal ones. O(length of the key).
    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        timers.handler(for: MetricKey(label: label, dimensions: dimensions)) { key in
            TimerHandle(key: key, client: client, configuration: configuration, refused: refused)
        }
    }

    /// Gives up one use of the handler. The last use removes it from the table.
    public func destroyCounter(_ handler: any CounterHandler) {
        if let handler = handler as? CounterHandle { counters.release(handler) }
    }

    /// Gives up one use of the handler. The last use removes it from the table.
    public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {
        if let handler = handler as? FloatingCounterHandle { floatingCounters.release(handler) }
    }

    /// Gives up one use of the handler. The last use removes it from the table.
    public func destroyMeter(_ handler: any MeterHandler) {
        if let handler = handler as? MeterHandle { meters.release(handler) }
    }

    /// Gives up one use of the handler. The last use removes it from the table.
    public func destroyRecorder(_ handler: any RecorderHandler) {
        if let handler = handler as? RecorderHandle { recorders.release(handler) }
        if let handler = handler as? GaugeHandle { gauges.release(handler) }
    }

    /// Gives up one use of the handler. The last use removes it from the table.
    public func destroyTimer(_ handler: any TimerHandler) {
        if let handler = handler as? TimerHandle { timers.release(handler) }
    }
}
