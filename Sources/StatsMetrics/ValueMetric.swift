import StatsClient

/// A metric for the distribution of its values, of the configured type.
enum ValueMetric: Sendable {
    case histogram(StatsClient.Histogram)
    case distribution(StatsClient.Distribution)

    init(_ type: StatsMetricsFactory.Configuration.RecorderType, key: MetricKey, client: StatsClient) {
        switch type {
        case .histogram: self = .histogram(client.histogram(key.name, tags: key.tags))
        case .distribution: self = .distribution(client.distribution(key.name, tags: key.tags))
        }
    }

    func record(_ value: Double) {
        switch self {
        case .histogram(let metric): metric.record(value)
        case .distribution(let metric): metric.record(value)
        }
    }
}
