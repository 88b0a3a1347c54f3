public import StatsModel

/// One metric's books, with its names: what reports and comparisons read once a run is over.
public struct MetricTotals: Equatable, Sendable {
    public let type: MetricType
    /// Equal for the same metric in every ``EventTotals``, different for every two metrics: type, name, tags, extra
    /// fields, and the hash of the key's bytes (names that are not UTF-8 may read alike).
    public let key: String
    /// `name` or `name{tag,tag}`.
    public let label: String
    public let numbers: MetricNumbers

    public var events: UInt64 { numbers.events }

    /// Counters: the sum of value/rate. Gauges: the latest level. Timings, histograms, distributions: the sum of the
    /// values. Sets: 0.
    public var value: Double {
        switch type {
        case .counter, .timing, .histogram, .distribution: numbers.sum
        case .gauge: numbers.level
        case .set, .event, .serviceCheck: 0
        }
    }
}

/// What is summed for one metric. Which fields carry anything depends on the metric's type.
public struct MetricNumbers: Equatable, Sendable {
    public internal(set) var events: UInt64 = 0
    /// Counters: value/rate; timings, histograms, distributions: values, times the events a record stands for. Plain
    /// `Double` additions in the order of
    /// arrival, so equal streams give equal bits, and a stream in another order may differ in the last ones.
    public internal(set) var sum = 0.0
    /// Least and greatest value of timings, histograms, distributions; infinite where there was none.
    public internal(set) var minimum = Double.infinity
    public internal(set) var maximum = -Double.infinity
    /// A gauge's level: of the newest timestamp, of the last arrival among equal ones; changes are added as they come.
    public internal(set) var level = 0.0
    public internal(set) var levelTimestamp = Int64.min
    /// What counters, timings, histograms and distributions add up to, each value divided by its rate: equal on both
    /// sides of a client that aggregates.
    public internal(set) var weighted = WeightedSum()
    /// Of a set: the wrapping sum of its members' hashes, which does not depend on their order.
    public internal(set) var members: UInt64 = 0

    mutating func record(
        _ type: MetricType, value: Double, rate: Double, count: UInt32, flags: EventFlags, timestamp: Int64
    ) {
        events &+= UInt64(count)
        switch type {
        case .counter:
            sum += rate == 1 ? value : value / rate
            weighted.add(value, rate: rate)
        case .gauge:
            recordLevel(value, isChange: flags.contains(.gaugeDelta), timestamp: timestamp)
        case .timing, .histogram, .distribution:
            sum += count == 1 ? value : value * Double(count)
            weighted.add(value, rate: rate)
            if value < minimum { minimum = value }
            if value > maximum { maximum = value }
        case .set, .event, .serviceCheck:
            break
        }
    }

    private mutating func recordLevel(_ value: Double, isChange: Bool, timestamp: Int64) {
        if isChange {
            level += value
            levelTimestamp = max(levelTimestamp, timestamp)
        } else if timestamp >= levelTimestamp {
            level = value
            levelTimestamp = timestamp
        }
    }
}

/// A metric in words. O(n), allocates.
struct MetricNames {
    /// Of one metric the same in every catalog, of two never.
    let key: String
    let label: String

    init(_ metric: MetricID, in catalog: MetricCatalog) {
        let key = catalog.key(of: metric)
        label = catalog.label(of: metric)
        let extra = catalog.withArena { arena in String(decoding: key.extra.range.map { arena[$0] }, as: UTF8.self) }
        self.key = "\(key.type.name) \(label)|\(extra) \(String(catalog.keyHash(of: metric), radix: 16))"
    }
}
