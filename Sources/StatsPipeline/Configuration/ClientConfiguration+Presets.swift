import StatsModel

extension ClientConfiguration {
    /// What stands in the fields of a new configuration. Also what the guide advises for historical analysis: what was
    /// recorded is kept, and what no longer fits is refused.
    public static let standard = ClientConfiguration()

    /// High throughput with low latency: a large buffer; small packets while it is quiet, large ones under load;
    /// counters, gauges and sets added up for a second.
    public static let highThroughput = make {
        $0.bufferCapacity = 16_384
        $0.dropStrategy = .mixedWorkload
        $0.batchSize = 100
        $0.minimumBatchSize = 10
        $0.maximumBatchAge = .milliseconds(50)
        $0.aggregation = AggregatorConfiguration()
    }

    /// Reliability over performance: every packet twice, 20 ms apart, small packets so that one loss takes little, and
    /// a large buffer behind a breaker that outlasts a downstream's restart.
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

    /// Little memory: half the buffer of the standard, and half of the events from three quarters of it on.
    public static let lowMemory = make {
        $0.bufferCapacity = 4096
        $0.dropStrategy = .sampled(
            SamplingPlan([SamplingPlan.Step(fill: Ratio(75, outOf: 100), keep: Ratio(50, outOf: 100))]))
        $0.metricLimit = 1 << 12
        $0.textCapacity = 1 << 16
        $0.memoryLimit = 1 << 19
        $0.reliability?.criticalCapacity = 1 << 14
        $0.reliability?.historyCapacity = 1 << 15
        $0.reliability?.statementCapacity = 0
    }

    /// Real-time monitoring: fresh data is worth more than old.
    public static let realTime = make { $0.dropStrategy = .realTime }

    /// A mixed workload: critical metrics get through, whatever else comes.
    public static let mixedWorkload = make {
        $0.dropStrategy = .mixedWorkload
        $0.redundancy = .critical
        $0.copySpread = .milliseconds(20)
    }

    /// High cardinality: what is left out under pressure is stood for by what is kept.
    public static let highCardinality = make { $0.dropStrategy = .highCardinality }

    /// An unreliable network: nothing is spent on a downstream that fails; what waits meanwhile is the newest.
    public static let unreliableNetwork = make {
        $0.dropStrategy = .oldest
        $0.breaker = BreakerConfiguration()
    }

    /// A receiver that cannot answer: what is lost is recovered from parity packets, as far as they reach; nothing is sent again.
    public static let parity = make {
        $0.reliability = nil
        $0.parity = ParityConfiguration()
    }

    /// No mitigation at all, for comparison: a packet that is lost stays lost.
    public static let bare = make { $0.reliability = nil }

    private static func make(_ change: (inout ClientConfiguration) -> Void) -> ClientConfiguration {
        var configuration = ClientConfiguration()
        change(&configuration)
        return configuration
    }
}
