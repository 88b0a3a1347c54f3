public import StatsModel

/// What one metric added up to since the last flush.
public struct AggregateRecord: Equatable, Sendable {
    public let metric: MetricID
    public let value: AggregateValue
    /// How many records went into it, for the ledger. Over all flushes it is the number of records made; a record that is
    /// being made while it is flushed may be counted one flush after its value, never before.
    public let recordCount: UInt64

    public init(metric: MetricID, value: AggregateValue, recordCount: UInt64) {
        self.metric = metric
        self.value = value
        self.recordCount = recordCount
    }
}

/// The aggregated value, by the way its type adds up.
public enum AggregateValue: Equatable, Sendable {
    /// The sum, each value divided by its sample rate.
    case counter(sum: Double)
    /// The value that was set last, and when: nanoseconds since 1970. A level is of the time it was set, so that what is
    /// sent of the gauge by itself afterwards is never older than what was added up before.
    case gauge(latest: Double, timestamp: Int64)
    case summary(ValueSummary)
}

/// Timings, histogram or distribution values of one interval.
public struct ValueSummary: Equatable, Sendable {
    /// How many values there were; a value with sample rate `r` counts as `1 / r`.
    public var count: Double
    /// Their sum, each divided by its sample rate.
    public var sum: Double
    public var minimum: Double
    public var maximum: Double

    public init(count: Double, sum: Double, minimum: Double, maximum: Double) {
        self.count = count
        self.sum = sum
        self.minimum = minimum
        self.maximum = maximum
    }

    /// Both together.
    public static func + (a: Self, b: Self) -> Self {
        Self(
            count: a.count + b.count, sum: a.sum + b.sum, minimum: min(a.minimum, b.minimum),
            maximum: max(a.maximum, b.maximum))
    }
}
