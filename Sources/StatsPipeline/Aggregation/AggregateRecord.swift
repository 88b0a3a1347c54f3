public import StatsModel

/// The sum of one metric since the last flush.
public struct AggregateRecord: Equatable, Sendable {
    /// The metric.
    public let metric: MetricID
    /// The aggregated value.
    public let value: AggregateValue
    /// The number of events in it, for the ledger. Over all flushes it equals the number of recorded events. An event that is
    /// recorded during a flush may be counted one flush after its value, but never before.
    public let recordCount: UInt64

    /// A record from its parts.
    public init(metric: MetricID, value: AggregateValue, recordCount: UInt64) {
        self.metric = metric
        self.value = value
        self.recordCount = recordCount
    }
}

/// The aggregated value, in the form of its type.
public enum AggregateValue: Equatable, Sendable {
    /// The sum, each value divided by its sample rate.
    case counter(sum: Double)
    /// The last value that was set, and its time in nanoseconds since 1970. With its own time, the level is never newer than
    /// events of the gauge that are sent afterwards.
    case gauge(latest: Double, timestamp: Int64)
    case summary(ValueSummary)
}

/// Values of a timing, histogram or distribution in one interval.
public struct ValueSummary: Equatable, Sendable {
    /// The number of values. A value with sample rate `r` counts as `1 / r`.
    public var count: Double
    /// The sum of the values, each divided by its sample rate.
    public var sum: Double
    /// The smallest value.
    public var minimum: Double
    /// The largest value.
    public var maximum: Double

    /// A summary from its parts.
    public init(count: Double, sum: Double, minimum: Double, maximum: Double) {
        self.count = count
        self.sum = sum
        self.minimum = minimum
        self.maximum = maximum
    }

    /// The summary of both.
    public static func + (a: Self, b: Self) -> Self {
        Self(
            count: a.count + b.count, sum: a.sum + b.sum, minimum: min(a.minimum, b.minimum),
            maximum: max(a.maximum, b.maximum))
    }
}
