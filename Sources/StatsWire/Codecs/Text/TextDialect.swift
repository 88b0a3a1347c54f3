/// What a server of StatsD text understands.
public enum TextDialect: String, CaseIterable, Sendable {
    /// What every server since Etsy's reads: counters, gauges, timings, sets, and a rate on counters and timings.
    case statsd
    /// As the Datadog agent reads it: tags, histograms, distributions, events, service checks, timestamps, further fields.
    case dogstatsd
}

/// How often the dialect decided what lines of text mean, and what of Datadog's lines is unusual.
public struct DialectCounts: Sendable, Equatable {
    /// Values of gauges with a sign: levels, as the Datadog agent assigns them, or changes, as Etsy's statsd adds them.
    public var signedLevels: UInt64 = 0
    public var signedChanges: UInt64 = 0
    /// Values of the type `m`: counted, as netdata and Etsy's statsd do, or refused, as the Datadog agent does.
    public var metersCounted: UInt64 = 0
    public var metersRefused: UInt64 = 0
    /// Events whose title and text do not end where their lengths say: clipped there, as the agent does.
    public var clippedEvents: UInt64 = 0
    /// Service checks with fields behind their message.
    public var fieldsBehindMessages: UInt64 = 0

    public init() {}

    /// Whether anything was counted.
    public var isEmpty: Bool { self == DialectCounts() }

    /// Values and lines that other dialects read otherwise.
    public var depending: UInt64 { signedLevels &+ signedChanges &+ metersCounted &+ metersRefused }
}

/// What the lines of one datagram say of the dialect of their sender.
public struct DialectSigns: OptionSet, Sendable, Hashable {
    public let rawValue: UInt8
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// A line that only clients of the Datadog agent send: with tags, a timestamp, a field of origin, the type `h` or `d`,
    /// an event or a service check.
    public static let datadog = DialectSigns(rawValue: 1)
    /// A line without such a sign, in front of which there was none either, that dialects read differently: a gauge's value
    /// with a sign, or the type `m`. It was read as Etsy's statsd reads it.
    public static let open = DialectSigns(rawValue: 2)
}
