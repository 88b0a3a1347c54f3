import StatsClient

/// A metric whose values' spread matters, of the type the configuration asks for.
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
