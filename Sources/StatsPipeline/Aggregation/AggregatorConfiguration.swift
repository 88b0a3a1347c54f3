import StatsModel

/// Which events a ``LocalAggregator`` adds up, and how much memory it may take.
public struct AggregatorConfiguration: Sendable, Equatable {
    /// The treatment of timings, histograms and distributions.
    public enum Timings: CaseIterable, Sendable {
        /// Each value is sent by itself, because a server needs single values for percentiles. The default.
        case passThrough
        /// Count, sum, minimum and maximum of each interval are sent.
        case summarise
    }

    /// The time from the first event in an interval until the flush. Other flushes also send the sums.
    public var interval = Duration.seconds(1)
    /// The number of metrics that can be aggregated: those with lower numbers. Each takes 64 bytes in every stripe.
    public var metricLimit = 4096
    /// The number of copies of each counter; a power of two. With several, threads that count at the same time do not compete for
    /// a cache line.
    public var stripeCount = 1
    /// The treatment of timings, histograms and distributions.
    public var timings = Timings.passThrough
    /// The number of distinct set members in one interval, over all sets. Further members are sent by themselves.
    public var memberLimit = 1024
    /// The bytes of these members.
    public var memberByteLimit = 1 << 16

    /// The default configuration.
    public init() {}

    /// Throws an error for the first field that is outside its range.
    public func validate() throws(ConfigurationError) {
        try ClientConfiguration.check("interval", interval, in: .milliseconds(1) ... .seconds(3600))
        try Self.check("metricLimit", metricLimit, in: 1...1 << 20)
        try Self.check("stripeCount", stripeCount, in: 1...256)
        guard stripeCount & (stripeCount - 1) == 0 else {
            throw ConfigurationError(
                field: "stripeCount", value: "\(stripeCount)", allowed: "a power of two from 1 to 256")
        }
        try Self.check("memberLimit", memberLimit, in: 1...1 << 20)
        try Self.check("memberByteLimit", memberByteLimit, in: 0...1 << 27)
    }

    /// Bytes that an aggregator with this configuration allocates: its cells, and twice the set members' bytes with their tables,
    /// since one interval is sent while the next one begins.
    public var memoryUse: Int {
        metricLimit * stripeCount * AggregateStorage.cellStride + 2 * (memberByteLimit + memberLimit * 56)
    }

    private static func check(
        _ field: String, _ value: Int, in range: ClosedRange<Int>
    ) throws(ConfigurationError) {
        guard range.contains(value) else {
            throw ConfigurationError(field: field, value: value, outside: range)
        }
    }
}
