import StatsClient
import StatsModel
import StatsPipeline
import SystemIO

/// The work on a service's own threads.
extension HotPath {
    static var recording: [HotPath] {
        [
            HotPath("record on a counter's handle", bar: 25) {
                try live { client in
                    let counter = client.counter("http.requests", tags: ["env": "prod"])
                    return { for _ in 0..<$0 { counter.increment() } }
                }
            },
            HotPath("record on a timing's handle", bar: 25) {
                try live { client in
                    let timing = client.timing("http.latency", tags: ["env": "prod"])
                    return { for number in 0..<$0 { timing.record(milliseconds: Double(number)) } }
                }
            },
            HotPath("record on a sampled handle", bar: 25) {
                try live { client in
                    let counter = client.counter("http.sampled", sampleRate: 0.5)
                    return { for _ in 0..<$0 { counter.increment() } }
                }
            },
            HotPath("record by name with two tags", bar: 100) {
                try live { client in
                    { for _ in 0..<$0 { client.increment("http.requests", tags: [("env", "prod"), ("code", "200")]) } }
                }
            },
            HotPath("record by name without tags") {
                try live { client in { for _ in 0..<$0 { client.increment("http.requests") } } }
            },
            HotPath("aggregated counter, by handle", bar: 10) {
                try live(adding) { client in
                    let counter = client.counter("http.requests", tags: ["env": "prod"])
                    return { for _ in 0..<$0 { counter.increment() } }
                }
            },
            HotPath("aggregated gauge, by handle") {
                try live(adding) { client in
                    let gauge = client.gauge("http.connections", tags: ["env": "prod"])
                    return { for number in 0..<$0 { gauge.set(Double(number)) } }
                }
            },
            HotPath("summarised timing, by handle") {
                try live(adding) { client in
                    let timing = client.timing("http.latency", tags: ["env": "prod"])
                    return { for number in 0..<$0 { timing.record(milliseconds: Double(number)) } }
                }
            },
            HotPath("aggregated counter, by name with two tags", bar: 100) {
                try live(adding) { client in
                    { for _ in 0..<$0 { client.increment("http.requests", tags: [("env", "prod"), ("code", "200")]) } }
                }
            },
            HotPath("aggregated event, by slot") {
                let aggregator = LocalAggregator()
                return HotLoop(
                    { count in
                        let event = StatEvent(metric: MetricID(0), value: 1, timestamp: 0)
                        for _ in 0..<count { BlackHole.swallow(aggregator.record(event, type: .timing)) }
                    },
                    rest: { aggregator.flush { BlackHole.swallow($0) } })
            },
        ]
    }

    /// A client that aggregates everything.
    private static var adding: StatsClient.Configuration {
        var configuration = StatsClient.Configuration()
        configuration.aggregation = StatsClient.Configuration.standardAggregation
        configuration.aggregation?.timings = .summarise
        return configuration
    }

    /// A client that sends to a local port whose datagrams are never read. Its ring holds more than one batch and is emptied
    /// between batches.
    private static func live(
        _ configuration: StatsClient.Configuration = .standard, _ make: (StatsClient) -> (Int) -> Void
    ) throws -> HotLoop {
        let sink = try Sink()
        let client = try StatsClient(configuration: configuration, destination: sink.destination)
        let body = make(client)
        return HotLoop(
            body, rest: { try client.flushBlocking() },
            end: {
                _ = try client.shutdownBlocking()
                BlackHole.swallow(sink)
            })
    }
}
