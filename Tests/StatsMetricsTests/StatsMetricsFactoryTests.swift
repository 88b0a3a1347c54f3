import Metrics
import StatsClient
import StatsModel
import StatsPipeline
import SystemIO
import Testing

@testable import StatsMetrics

/// What swift-metrics expects of a backend, seen at the receiver.
struct StatsMetricsFactoryTests {
    typealias Event = TestWire.Event

    /// The values that arrive of what `body` records.
    static func values(
        _ configuration: StatsMetricsFactory.Configuration = .init(),
        _ body: (StatsMetricsFactory) throws -> Void
    ) throws -> (events: [Event], refused: UInt64) {
        var wire = try TestWire()
        let factory = StatsMetricsFactory(client: wire.client, configuration: configuration)
        try body(factory)
        return (try wire.finish(), factory.refusedValues)
    }

    @Test("a counter sends each increment, and nothing for a reset")
    func counter() throws {
        let result = try Self.values { factory in
            let counter = Counter(label: "c", factory: factory)
            counter.increment()
            counter.increment(by: 41)
            counter.reset()
            counter.increment(by: 0)
            counter.increment(by: Int64.max)
        }
        #expect(result.events.map(\.value) == [1, 41, 0, 0x1p63])
        #expect(result.events.allSatisfy { $0.type == .counter && $0.label == "c" } && result.refused == 0)
    }

    @Test("what no counter can add is refused and counted")
    func illegalIncrements() throws {
        let result = try Self.values { factory in
            let counter = Counter(label: "c", factory: factory)
            counter.increment(by: -1)
            let floating = FloatingPointCounter(label: "f", factory: factory)
            for value in [-0.5, .nan, .infinity, -.infinity] { floating.increment(by: value) }
            floating.increment(by: 0.1)
            floating.reset()
            floating.increment(by: 1e300)
        }
        #expect(result.events == [Event(.counter, "f", 0.1), Event(.counter, "f", 1e300)])
        #expect(result.refused == 5)
    }

    @Test("a meter sends its level after each change")
    func meter() throws {
        let result = try Self.values { factory in
            let meter = Meter(label: "m", factory: factory)
            meter.increment()
            meter.increment(by: 2.5)
            meter.decrement(by: 10)
            meter.set(7)
            meter.decrement()
            meter.set(-0.25)
            for value in [-1, .nan, .infinity] {
                meter.increment(by: value)
                meter.decrement(by: value)
            }
            meter.set(Double.nan)
            meter.set(Double.greatestFiniteMagnitude)
            meter.increment(by: Double.greatestFiniteMagnitude)
        }
        #expect(result.events.map(\.value) == [1, 3.5, -6.5, 7, 6, -0.25, .greatestFiniteMagnitude])
        #expect(result.events.allSatisfy { $0.type == .gauge } && result.refused == 8)
    }

    @Test("a recorder is a histogram, a distribution where asked for, a gauge where it does not aggregate")
    func recorders() throws {
        func record(_ factory: StatsMetricsFactory) {
            let recorder = Recorder(label: "r", factory: factory)
            recorder.record(3)
            recorder.record(-2.5)
            recorder.record(Double.nan)
            let gauge = Gauge(label: "g", factory: factory)
            gauge.record(4)
            gauge.record(0.5)
            gauge.record(Double.infinity)
        }
        let gauges = [Event(.gauge, "g", 4), Event(.gauge, "g", 0.5)]
        let histograms = try Self.values { record($0) }
        #expect(histograms.events == [Event(.histogram, "r", 3), Event(.histogram, "r", -2.5)] + gauges)
        #expect(histograms.refused == 2)
        let distributions = try Self.values(.init(recorderType: .distribution)) { record($0) }
        #expect(distributions.events == [Event(.distribution, "r", 3), Event(.distribution, "r", -2.5)] + gauges)
    }

    @Test("a timer sends milliseconds, whatever it was given in")
    func timers() throws {
        let result = try Self.values { factory in
            let timer = Timer(label: "t", factory: factory)
            timer.recordNanoseconds(1)
            timer.recordNanoseconds(UInt64.max)
            timer.recordMicroseconds(250)
            timer.recordMicroseconds(UInt64.max)
            timer.recordMilliseconds(1.5)
            timer.recordMilliseconds(Int64.max)
            timer.recordSeconds(2)
            timer.recordSeconds(Double.greatestFiniteMagnitude)
            timer.record(duration: .milliseconds(4))
            timer.recordNanoseconds(-1)
        }
        let end = Double(Int64.max) / 1e6
        #expect(result.events.map(\.value) == [1e-6, end, 0.25, end, 1.5, end, 2000, end, 4])
        #expect(result.events.allSatisfy { $0.type == .timing } && result.refused == 1)
    }

    @Test(
        "a timer with a preferred unit sends that unit, as no timing",
        arguments: [
            (TimeUnit.nanoseconds, 5_400_000_000_000), (.microseconds, 5_400_000_000), (.seconds, 5400),
            (.minutes, 90), (.hours, 1.5), (.days, 0.0625),
        ])
    func units(unit: TimeUnit, value: Double) throws {
        let preferred = try Self.values { factory in
            Timer(label: "t", preferredDisplayUnit: unit, factory: factory).recordSeconds(5400)
        }
        #expect(preferred.events == [Event(.histogram, "t", value)])
        let distribution = try Self.values(.init(recorderType: .distribution)) { factory in
            Timer(label: "t", preferredDisplayUnit: unit, factory: factory).recordSeconds(5400)
        }
        #expect(distribution.events == [Event(.distribution, "t", value)])
        let always = try Self.values(.init(timerUnit: .milliseconds)) { factory in
            Timer(label: "t", preferredDisplayUnit: unit, factory: factory).recordSeconds(5400)
        }
        #expect(always.events == [Event(.timing, "t", 5_400_000)])
    }

    @Test("the last preferred unit holds for everyone who shares the timer")
    func lastUnit() throws {
        let result = try Self.values { factory in
            let first = Timer(label: "t", factory: factory)
            first.recordSeconds(1)
            let second = Timer(label: "t", preferredDisplayUnit: .seconds, factory: factory)
            first.recordSeconds(1)
            second.recordSeconds(2)
            _ = Timer(label: "t", preferredDisplayUnit: .milliseconds, factory: factory)
            second.recordSeconds(3)
        }
        #expect(
            result.events == [
                Event(.timing, "t", 1000), Event(.histogram, "t", 1), Event(.histogram, "t", 2),
                Event(.timing, "t", 3000),
            ])
    }

    @Test("equal labels and dimensions share one handler, in whatever order the dimensions come")
    func sharing() throws {
        var wire = try TestWire()
        let factory = StatsMetricsFactory(client: wire.client)
        let one = factory.makeCounter(label: "c", dimensions: [("a", "1"), ("b", "2")])
        #expect(one === factory.makeCounter(label: "c", dimensions: [("b", "2"), ("a", "1")]))
        #expect(one !== factory.makeCounter(label: "c", dimensions: [("a", "1")]))
        #expect(one !== factory.makeCounter(label: "d", dimensions: [("a", "1"), ("b", "2")]))
        let meter = Meter(label: "level", factory: factory)
        meter.set(5)
        Meter(label: "level", factory: factory).increment()
        let events = try wire.finish()
        #expect(events.map(\.value) == [5, 6], "the level is shared as well")
    }

    @Test("a handler is forgotten with the last who holds it, and still records")
    func destroying() throws {
        var wire = try TestWire()
        let factory = StatsMetricsFactory(client: wire.client)
        func check<Handler: AnyObject>(_ make: () -> Handler, _ destroy: (Handler) -> Void) {
            let first = make()
            #expect(make() === first)
            destroy(first)
            #expect(make() === first, "one holder is left")
            destroy(first)
            destroy(first)
            let second = make()
            #expect(second !== first, "none was left")
            destroy(first)
            #expect(make() === second, "a handler that is gone destroys no other")
        }
        check({ factory.makeCounter(label: "x", dimensions: []) as AnyObject }) {
            if let handler = $0 as? CounterHandle { factory.destroyCounter(handler) }
        }
        check({ factory.makeFloatingPointCounter(label: "x", dimensions: []) as AnyObject }) {
            if let handler = $0 as? FloatingCounterHandle { factory.destroyFloatingPointCounter(handler) }
        }
        check({ factory.makeMeter(label: "x", dimensions: []) as AnyObject }) {
            if let handler = $0 as? MeterHandle { factory.destroyMeter(handler) }
        }
        check({ factory.makeRecorder(label: "x", dimensions: [], aggregate: true) as AnyObject }) {
            if let handler = $0 as? RecorderHandle { factory.destroyRecorder(handler) }
        }
        check({ factory.makeRecorder(label: "x", dimensions: [], aggregate: false) as AnyObject }) {
            if let handler = $0 as? GaugeHandle { factory.destroyRecorder(handler) }
        }
        check({ factory.makeTimer(label: "x", dimensions: []) as AnyObject }) {
            if let handler = $0 as? TimerHandle { factory.destroyTimer(handler) }
        }
        let counter = Counter(label: "gone", factory: factory)
        counter.destroy()
        counter.increment(by: 3)
        // Handlers of another backend are left alone.
        factory.destroyCounter(NOOPMetricsHandler.instance)
        factory.destroyTimer(NOOPMetricsHandler.instance)
        let events = try wire.finish()
        #expect(events == [Event(.counter, "gone", 3)])
    }

    @Test("metrics beyond the client's limit are named losses, and take no room here either")
    func limit() throws {
        var wire = try TestWire { $0.metricLimit = 8 }
        let factory = StatsMetricsFactory(client: wire.client)
        for number in 0..<100 { Counter(label: "c\(number)", factory: factory).increment() }
        let events = try wire.finish()
        #expect(events.count == 8)
        #expect(wire.client.ledger[.metricLimit].counts[.counter] == 92)
        let table = HandlerTable<CounterHandle>(limit: 8)
        for number in 0..<100 {
            _ = table.handler(for: MetricKey(label: "\(number)", dimensions: [])) { key in
                CounterHandle(key: key, counter: wire.client.counter("c"), refused: RefusedValues())
            }
        }
        #expect(table.count == 8)
    }
}
