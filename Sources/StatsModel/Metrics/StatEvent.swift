/// One measurement in the client's ring: a plain 32-byte slot without references and strings.
///
/// | offset | bytes | field |
/// |---|---|---|
/// | 0 | 4 | metric: the handle's number in the catalog |
/// | 4 | 4 | low 24 bits: text reference (0: none), or the count of an aggregate; high 8 bits: ``EventFlags`` |
/// | 8 | 8 | value |
/// | 16 | 8 | timestamp, nanoseconds since 1970 |
/// | 24 | 8 | sample rate in (0, 1] |
public struct StatEvent: Sendable, Equatable, BitwiseCopyable {
    /// The metric's number in the catalog.
    public var metric: MetricID
    /// The text reference or count, and the flags: see the layout.
    public var bits: UInt32
    /// The measured value.
    public var value: Double
    /// Nanoseconds since 1970.
    public var timestamp: Int64
    /// The sample rate in (0, 1].
    public var rate: Double

    /// One event of a metric. `text` is the block of its text, or 0.
    @inlinable public init(
        metric: MetricID, value: Double, timestamp: Int64, rate: Double = 1, text: UInt32 = 0, flags: EventFlags = []
    ) {
        self.metric = metric
        bits = (text & 0x00FF_FFFF) | UInt32(flags.rawValue) << 24
        self.value = value
        self.timestamp = timestamp
        self.rate = rate
    }

    /// One record that stands for `count` events of a metric. A set's member is stored elsewhere. Traps if `count` is 0 or above
    /// ``largestCount``. A count of 1 gives a plain event.
    @inlinable public init(
        metric: MetricID, value: Double, timestamp: Int64, rate: Double = 1, count: UInt32, flags: EventFlags = []
    ) {
        precondition(count > 0 && count <= Self.largestCount, "a record stands for 1 to 2^24 - 1 events")
        let isPlain = count == 1
        self.init(
            metric: metric, value: value, timestamp: timestamp, rate: rate, text: isPlain ? 0 : count,
            flags: isPlain ? flags : flags.union(.aggregate))
    }

    /// The sample rate for a caller's number. A number of 0 or less gives 0, and no event is kept. A number above 1, or NaN,
    /// gives 1: every event is kept and counts once.
    package static func sampleRate(_ rate: Double) -> Double {
        if rate <= 0 { return 0 }
        return rate < 1 ? rate : 1
    }

    /// The largest number of events in one record.
    @inlinable public static var largestCount: UInt32 { 0x00FF_FFFF }

    /// The block of the text pool with the set's member or the event's texts. 0 if there is none.
    @inlinable public var text: UInt32 { flags.contains(.aggregate) ? 0 : bits & 0x00FF_FFFF }
    /// The number of events in the record: 1, or more for an aggregate.
    @inlinable public var count: UInt32 { flags.contains(.aggregate) ? bits & 0x00FF_FFFF : 1 }
    /// The event's flags.
    @inlinable public var flags: EventFlags { EventFlags(rawValue: UInt8(truncatingIfNeeded: bits >> 24)) }
}

/// Further facts about an event, one bit each.
public struct EventFlags: OptionSet, Sendable, Hashable {
    /// The bits of the set.
    public let rawValue: UInt8
    /// Flags from their bits.
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// The gauge's value is a change and not a level.
    @inlinable public static var gaugeDelta: EventFlags { EventFlags(rawValue: 1) }
    /// The sender set the timestamp itself (DogStatsD `T`, `d:`).
    @inlinable public static var explicitTimestamp: EventFlags { EventFlags(rawValue: 2) }
    /// The text contains `\n` escapes, which stand for line breaks.
    @inlinable public static var escapedText: EventFlags { EventFlags(rawValue: 4) }
    /// The record stands for several events that the client aggregated (``StatEvent/count``).
    @inlinable public static var aggregate: EventFlags { EventFlags(rawValue: 8) }
}

/// A metric's number in a ``MetricCatalog``, counted from 0 in the order of first appearance.
public struct MetricID: Hashable, Sendable, Comparable, BitwiseCopyable {
    /// The number.
    public var rawValue: UInt32
    /// A metric from its number.
    @inlinable public init(_ rawValue: UInt32) { self.rawValue = rawValue }
    /// The number as an index of arrays.
    @inlinable public var index: Int { Int(rawValue) }
    /// The order of first appearance.
    @inlinable public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}
