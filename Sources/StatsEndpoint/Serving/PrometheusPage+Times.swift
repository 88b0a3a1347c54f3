import StatsClient

extension PrometheusPage {
    /// Appends the client's histograms as summaries over its whole lifetime, with the maximum as quantile 1. Times are in
    /// seconds. The sum is the histogram's mean times its count, so its error is that of the buckets: 1 %.
    func appendTimes(to page: inout PrometheusText) {
        page.summary(
            "statsclient_buffer_wait_seconds", help: "How long events waited in their thread's buffer.",
            metrics.bufferLatency)
        page.summary(
            "statsclient_send_duration_seconds", help: "How long the system took for a hand-over of up to 32 packets.",
            metrics.sendLatency)
        page.summary(
            "statsclient_end_to_end_seconds",
            help: "From the recording of a packet's first event until the system took the packet.",
            metrics.endToEndLatency)
        page.summary(
            "statsclient_batch_age_seconds", help: "How long packets were open.", metrics.batchAge)
        page.summary("statsclient_batch_size_events", help: "Events of a packet.", metrics.batchSize)
        page.family(
            "statsclient_recent_end_to_end_p99_seconds", .gauge,
            help: "The 99th percentile from recording to the system in the last ten to twenty seconds.",
            value: metrics.recentEndToEndP99 / .nanoseconds(1) * 1e-9)
    }

    func appendPressure(to page: inout PrometheusText) {
        page.family(
            "statsclient_backpressure_events_total", .counter,
            help: "Events that gave way to fullness: refused, evicted, or left out by the strategy.",
            value: Double(metrics.backpressureEvents))
        page.family(
            "statsclient_send_stalls_total", .counter, help: "Rounds in which packets waited for a full socket.",
            value: Double(metrics.sendStalls))
        page.family(
            "statsclient_text_pool_requests_total", .counter,
            help: "Texts that asked for a place in the pool, and whether they found one.",
            [
                .init(labels: [("result", "hit")], value: Double(metrics.poolHits)),
                .init(labels: [("result", "miss")], value: Double(metrics.poolMisses)),
            ])
        page.family(
            "statsclient_circuit_breaker_state", .gauge, help: "1 for the circuit breaker's state, 0 for the others.",
            StatsClient.BreakerState.allCases.map { state in
                .init(labels: [("state", state.rawValue)], value: metrics.circuitBreaker == state ? 1 : 0)
            })
        page.family(
            "statsclient_circuit_breaker_openings_total", .counter, help: "How often the circuit breaker opened.",
            value: Double(metrics.circuitBreakerOpenings))
        page.family(
            "statsclient_sample_rate", .gauge, help: "The share of events that the drop strategy keeps at this fill.",
            value: metrics.currentSampleRate)
    }
}

extension PrometheusText {
    /// Times, in seconds.
    mutating func summary(_ name: String, help: String, _ times: LatencySummary) {
        summary(
            name, help: help, count: times.count, mean: times.mean / .seconds(1),
            [times.p50, times.p90, times.p95, times.p99, times.p999, times.maximum].map { $0 / .nanoseconds(1) * 1e-9 })
    }

    /// Numbers without a unit.
    mutating func summary(_ name: String, help: String, _ numbers: DistributionSummary) {
        summary(
            name, help: help, count: numbers.count, mean: numbers.mean,
            [numbers.p50, numbers.p90, numbers.p95, numbers.p99, numbers.p999, numbers.maximum].map { Double($0) })
    }

    private mutating func summary(_ name: String, help: String, count: UInt64, mean: Double, _ values: [Double]) {
        // Without values there are no quantiles. Zeros would look like a very fast client.
        family(
            name, .summary, help: help,
            zip(["0.5", "0.9", "0.95", "0.99", "0.999", "1"], values).map { quantile, value in
                Sample(labels: [("quantile", quantile)], value: count == 0 ? .nan : value)
            } + [
                Sample(suffix: "_sum", value: mean * Double(count)),
                Sample(suffix: "_count", value: Double(count)),
            ])
    }
}
