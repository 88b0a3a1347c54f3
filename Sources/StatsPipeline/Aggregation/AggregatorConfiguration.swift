public import StatsModel

/// What a ``LocalAggregator`` adds up, and how much memory that may take.
public struct AggregatorConfiguration: Sendable, Equatable {
    /// What happens to timings, histograms and distributions.
    public enum Timings: CaseIterable, Sendable {
        /// Each is sent as it is: a server's percentiles need the single values. The standard.
        case passThrough
        /// Count, sum, minimum and maximum of each interval.
        case summarise
    }

    /// What was added up goes out this long after the first of it, and with every flush.
    public var interval = Nanoseconds.seconds(1)
    /// Metrics whose numbers are below this can be aggregated; 64 bytes each in every stripe.
    public var metricLimit = 4096
    /// How many copies of each counter there are, so that threads that count at once do not fight for a cache line;
    /// a power of two.
    public var stripeCount = 1
    public var timings = Timings.passThrough
    /// Distinct set members kept in one interval, of all sets together; further ones are sent as they come.
    public var memberLimit = 1024
    /// Bytes of those members.
    public var memberByteLimit = 1 << 16

    public init() {}

    /// Throws the first field that is outside its range.
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

    /// Bytes that an aggregator of this configuration allocates: its cells, and twice (one interval is sent while the
    /// next one begins) the set members' own bytes with what finds and counts them.
    public var memoryUse: Int {
        metricLimit * stripeCount * AggregateStorage.cellStride + 2 * (memberByteLimit + memberLimit * 56)
    }

    private static func check(
        _ field: String, _ value: Int, in range: ClosedRange<Int>
    ) throws(ConfigurationError) {
        guard range.contains(value) else {
            throw ConfigurationError(
                field: field, value: "\(value)", allowed: "\(range.lowerBound) to \(range.upperBound)")
        }
    }
}
