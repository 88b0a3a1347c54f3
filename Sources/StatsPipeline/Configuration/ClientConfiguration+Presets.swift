import StatsModel

extension ClientConfiguration {
    /// The defaults of a new configuration. The guide also recommends them for historical analysis: recorded events are kept, and
    /// events that do not fit are refused.
    public static let standard = ClientConfiguration()

    /// High throughput with low latency: a large buffer, small packets with little traffic and large ones under load. Counters,
    /// gauges and sets are aggregated for a second.
    public static let highThroughput = make {
        $0.bufferCapacity = 16_384
        $0.dropStrategy = .mixedWorkload
        $0.batchSize = 100
        $0.minimumBatchSize = 10
        $0.maximumBatchAge = .milliseconds(50)
        $0.aggregation = AggregatorConfiguration()
    }

    /// Reliability over performance: every packet is sent twice, 20 ms apart. Small packets limit the damage of a single loss. A
    /// large buffer behind a circuit breaker survives a downstream's restart.
    public static let reliable = make {
        $0.bufferCapacity = 32_768
        $0.dropStrategy = .oldest
        $0.batchSize = 20
        $0.maximumBatchAge = .milliseconds(200)
        $0.breaker = BreakerConfiguration()
        $0.redundancy = .all
        $0.copySpread = .milliseconds(20)
        $0.copyLimit = 256
    }

    /// Little memory: half the buffer of the standard client. From three quarters of the buffer on, half of the events are kept.
    public static let lowMemory = make {
        $0.bufferCapacity = 4096
        $0.dropStrategy = .sampled(
            SamplingPlan([SamplingPlan.Step(fill: Ratio(75, outOf: 100), keep: Ratio(50, outOf: 100))]))
        $0.metricLimit = 1 << 12
        $0.textCapacity = 1 << 16
        $0.memoryLimit = 1 << 19
        $0.reliability?.criticalCapacity = 1 << 14
        $0.reliability?.historyCapacity = 1 << 15
        $0.reliability?.runningTotalCapacity = 0
    }

    /// Real-time monitoring: new data is more valuable than old data.
    public static let realTime = make { $0.dropStrategy = .realTime }

    /// A mixed workload: critical metrics get through, whatever the other traffic is.
    public static let mixedWorkload = make {
        $0.dropStrategy = .mixedWorkload
        $0.redundancy = .critical
        $0.copySpread = .milliseconds(20)
    }

    /// High cardinality: under pressure, the remaining events represent the ones that were left out.
    public static let highCardinality = make { $0.dropStrategy = .highCardinality }

    /// An unreliable network: nothing is spent on a downstream that fails, and the newest events are kept meanwhile.
    public static let unreliableNetwork = make {
        $0.dropStrategy = .oldest
        $0.breaker = BreakerConfiguration()
    }

    /// A receiver that cannot answer: lost packets are recovered from parity packets, as far as possible. Nothing is
    /// retransmitted.
    public static let parity = make {
        $0.reliability = nil
        $0.parity = ParityConfiguration()
    }

    /// No mitigation at all, for comparison: a lost packet stays lost.
    public static let bare = make { $0.reliability = nil }

    private static func make(_ change: (inout ClientConfiguration) -> Void) -> ClientConfiguration {
        var configuration = ClientConfiguration()
        change(&configuration)
        return configuration
    }
}
