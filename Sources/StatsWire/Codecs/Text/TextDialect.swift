/// The dialect of a server of StatsD text.
public enum TextDialect: String, CaseIterable, Sendable {
    /// The common core of all servers since Etsy's: counters, gauges, timings, sets, and a rate on counters and timings.
    case statsd
    /// The Datadog agent's dialect, which adds tags, histograms, distributions, events, service checks, timestamps and further
    /// fields.
    case dogstatsd
}

/// Counts of the lines whose meaning depended on the dialect, and of unusual lines of Datadog's clients.
public struct DialectCounts: Sendable, Equatable {
    /// Signed values of gauges that were read as levels, as the Datadog agent assigns them.
    public var signedLevels: UInt64 = 0
    /// Signed values of gauges that were read as changes, as Etsy's statsd adds them.
    public var signedChanges: UInt64 = 0
    /// Values of type `m` that were counted, as netdata and Etsy's statsd do.
    public var metersCounted: UInt64 = 0
    /// Values of type `m` that were refused, as the Datadog agent does.
    public var metersRefused: UInt64 = 0
    /// Events whose title and text do not end at their stated lengths. They are clipped there, like in the agent.
    public var clippedEvents: UInt64 = 0
    /// Service checks with fields after their message.
    public var fieldsBehindMessages: UInt64 = 0

    /// Counts that are all zero.
    public init() {}

    /// Values and lines that another dialect would read differently.
    public var depending: UInt64 { signedLevels &+ signedChanges &+ metersCounted &+ metersRefused }
}

/// Properties of one datagram's lines that depend on the dialect of their sender.
public struct DialectSigns: OptionSet, Sendable, Hashable {
    /// The bits of the set.
    public let rawValue: UInt8
    /// Signs from their bits.
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// There is a line that only clients of the Datadog agent send: with tags, a timestamp or a field of origin, of type `h` or
    /// `d`, an event or a service check.
    public static let datadog = DialectSigns(rawValue: 1)
    /// There is a line that dialects read differently (a gauge's value with a sign, or the type `m`), and no line up to it
    /// revealed the dialect. It was read like in Etsy's statsd.
    public static let open = DialectSigns(rawValue: 2)
}
