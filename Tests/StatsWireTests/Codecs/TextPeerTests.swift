import Foundation
import StatsModel
import StatsWire
import Testing

/// PyPI's `statsd` and `datadog` write the same bytes for the same calls.
struct TextPeerTests {
    static func has(_ module: String) -> Bool {
        PythonPeerTests.python != nil && (try? PythonPeerTests.run("import \(module)")) != nil
    }
    static let hasStatsd = has("statsd")
    static let hasDatadog = has("datadog")

    /// Each datagram of these events by itself.
    static func ours(_ events: [SampleEvent], _ dialect: TextDialect) -> [String] {
        events.map { event in
            let (text, results) = TextBuilderTests.datagram([event], dialect)
            #expect(results == [.appended], "\(event)")
            return text
        }
    }

    static func theirs(_ script: String) throws -> [String] {
        try PythonPeerTests.run(script).map { String(decoding: try PythonPeerTests.bytes($0), as: UTF8.self) }
    }

    static func event(
        _ type: MetricType, _ name: String, _ value: Double = 0, tags: String = "", extra: String = "", rate: Double = 1,
        at seconds: Int64? = nil, text: String = "", delta: Bool = false
    ) -> SampleEvent {
        var event = SampleEvent(type, name, value)
        event.tags = Array(tags.utf8)
        event.extra = Array(extra.utf8)
        event.text = Array(text.utf8)
        event.rate = rate.bitPattern
        if let seconds {
            event.timestamp = seconds * 1_000_000_000
            event.flags.insert(.explicitTimestamp)
        }
        if delta { event.flags.insert(.gaugeDelta) }
        return event
    }

    @Test("plain lines are those of PyPI's statsd", .enabled(if: hasStatsd, "python3 with the module statsd is not installed"))
    func plain() throws {
        let script = #"""
            import random, statsd
            random.random = lambda: 0
            client = statsd.StatsClient('127.0.0.1', 9)
            client._send = lambda data: print(data.encode().hex())
            client.incr('hits')
            client.incr('hits', 250, rate=0.1)
            client.decr('hits', 3)
            client.gauge('load', 3.25)
            client.gauge('load', -3)
            client.gauge('load', 2, delta=True)
            client.gauge('load', -0.5, delta=True)
            client.set('users', 'ann')
            client.timing('took', 12.345678)
            client.timing('took', 0.000001, rate=0.5)
            """#
        let events = [
            Self.event(.counter, "hits", 1), Self.event(.counter, "hits", 250, rate: 0.1), Self.event(.counter, "hits", -3),
            Self.event(.gauge, "load", 3.25), Self.event(.gauge, "load", -3), Self.event(.gauge, "load", 2, delta: true),
            Self.event(.gauge, "load", -0.5, delta: true), Self.event(.set, "users", text: "ann"),
            Self.event(.timing, "took", 12.345678), Self.event(.timing, "took", 0.000001, rate: 0.5),
        ]
        let theirs = try Self.theirs(script)
        #expect(Self.ours(events, .statsd) == theirs)
    }

    // A level below zero is not among these: datadog sends `load:-3|g`, which other servers take for a change.
    @Test("DogStatsD lines are those of PyPI's datadog", .enabled(if: hasDatadog, "python3 with the module datadog is not installed"))
    func dogstatsd() throws {
        let script = #"""
            from datadog.dogstatsd import DogStatsd, base
            base.random = lambda: 0
            client = DogStatsd(disable_telemetry=True, disable_buffering=True, origin_detection_enabled=False)
            client._send = lambda data, *rest, **more: print(data.rstrip('\n').encode().hex())
            client.increment('hits', tags=['env:prod', 'a'])
            client.increment('hits', 3, sample_rate=0.25)
            client.decrement('hits', 2)
            client.gauge('load', 3.25, tags=['a:b'])
            client.histogram('size', 0.1)
            client.distribution('spread', 99.5, tags=['x'], sample_rate=0.5)
            client.timing('took', 12.345678)
            client.set('users', 'ann@home', tags=['x:y'])
            client.count_with_timestamp('hits', 7, timestamp=1700000000, tags=['x:y'])
            client.gauge_with_timestamp('load', 7.5, timestamp=1700000001)
            client.event('Grüße|:', 'one\ntwo', date_happened=1700000000, hostname='box', aggregation_key='k', priority='low',
                         source_type_name='s', alert_type='warning', tags=['x:y', 'z'])
            client.event('plain', 'text')
            client.service_check('db.up', 2, timestamp=1700000000, hostname='box', tags=['x:y'], message='slow\nand late')
            client.service_check('db.up', 0)
            """#
        let events = [
            Self.event(.counter, "hits", 1, tags: "env:prod,a"), Self.event(.counter, "hits", 3, rate: 0.25),
            Self.event(.counter, "hits", -2), Self.event(.gauge, "load", 3.25, tags: "a:b"), Self.event(.histogram, "size", 0.1),
            Self.event(.distribution, "spread", 99.5, tags: "x", rate: 0.5), Self.event(.timing, "took", 12.345678),
            Self.event(.set, "users", tags: "x:y", text: "ann@home"), Self.event(.counter, "hits", 7, tags: "x:y", at: 1_700_000_000),
            Self.event(.gauge, "load", 7.5, at: 1_700_000_001),
            Self.event(
                .event, "Grüße|:", tags: "x:y,z", extra: "h:box|k:k|p:low|s:s|t:warning", at: 1_700_000_000, text: "one\ntwo"),
            Self.event(.event, "plain", text: "text"),
            Self.event(.serviceCheck, "db.up", 2, tags: "x:y", extra: "h:box", at: 1_700_000_000, text: "slow\nand late"),
            Self.event(.serviceCheck, "db.up", 0),
        ]
        let theirs = try Self.theirs(script)
        #expect(Self.ours(events, .dogstatsd) == theirs)
    }
}
