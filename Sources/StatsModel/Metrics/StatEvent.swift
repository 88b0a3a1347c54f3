/// One measurement as it stands in the client's ring: a plain 32-byte slot, no reference, no string.
///
/// | offset | bytes | field |
/// |---|---|---|
/// | 0 | 4 | metric: the handle's number in the catalog |
/// | 4 | 4 | text reference (0: none) in the low 24 bits, or of an aggregate its count; ``EventFlags`` in the high 8 |
/// | 8 | 8 | value |
/// | 16 | 8 | timestamp, nanoseconds since 1970 |
/// | 24 | 8 | sample rate in (0, 1] |
public struct StatEvent: Sendable, Equatable, BitwiseCopyable {
    public var metric: MetricID
    public var bits: UInt32
    public var value: Double
    public var timestamp: Int64
    public var rate: Double

    @inlinable public init(
        metric: MetricID, value: Double, timestamp: Int64, rate: Double = 1, text: UInt32 = 0, flags: EventFlags = []
    ) {
        self.metric = metric
        bits = (text & 0x00FF_FFFF) | UInt32(flags.rawValue) << 24
        self.value = value
        self.timestamp = timestamp
        self.rate = rate
    }

    /// One record that stands for `count` events of a metric, a set's member stored elsewhere. Traps where `count` is 0 or beyond
    /// ``largestCount``; 1 gives a plain event.
    @inlinable public init(
        metric: MetricID, value: Double, timestamp: Int64, rate: Double = 1, count: UInt32, flags: EventFlags = []
    ) {
        precondition(count > 0 && count <= Self.largestCount, "a record stands for 1 to 2^24 - 1 events")
        let isPlain = count == 1
        self.init(
            metric: metric, value: value, timestamp: timestamp, rate: rate, text: isPlain ? 0 : count,
            flags: isPlain ? flags : flags.union(.aggregate))
    }

    /// The most events that one record can stand for.
    @inlinable public static var largestCount: UInt32 { 0x00FF_FFFF }

    /// The block of the text pool that holds the set member or the event's texts; 0 where there is none.
    @inlinable public var text: UInt32 { flags.contains(.aggregate) ? 0 : bits & 0x00FF_FFFF }
    /// How many events it stands for; 1 but for aggregates.
    @inlinable public var count: UInt32 { flags.contains(.aggregate) ? bits & 0x00FF_FFFF : 1 }
    @inlinable public var flags: EventFlags { EventFlags(rawValue: UInt8(truncatingIfNeeded: bits >> 24)) }
}

/// What else is to be known of an event, one bit each.
public struct EventFlags: OptionSet, Sendable, Hashable {
    public let rawValue: UInt8
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// The gauge's value carried a sign: it is a change, not a level.
    public static let gaugeDelta = EventFlags(rawValue: 1)
    /// The sender stated the timestamp itself (DogStatsD `T`, `d:`).
    public static let explicitTimestamp = EventFlags(rawValue: 2)
    /// The text as it stands on the wire holds `\n` escapes that mean line breaks.
    public static let escapedText = EventFlags(rawValue: 4)
    /// The record stands for several events that the client added up (``StatEvent/count``).
    public static let aggregate = EventFlags(rawValue: 8)
}

/// A metric's number in a ``MetricCatalog``; counts from 0 in the order of first sight.
public struct MetricID: Hashable, Sendable, Comparable, BitwiseCopyable {
    public var rawValue: UInt32
    @inlinable public init(_ rawValue: UInt32) { self.rawValue = rawValue }
    @inlinable public var index: Int { Int(rawValue) }
    @inlinable public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}
