/// Counts of events by type, and a digest of their contents that does not depend on their order.
///
/// Two tallies are equal if they have the same counts of each type *and* the same contents. The digest is the wrapping sum of a
/// 64-bit hash of each event.
public struct Tally: Sendable, Equatable {
    /// Events by type.
    public var counts: TypeCounts
    /// The digest of all contents.
    public var contents: UInt64

    /// A tally without events.
    @inlinable public init() {
        counts = TypeCounts()
        contents = 0
    }

    /// Counts one event.
    @inlinable public mutating func add(_ type: MetricType, content: UInt64) {
        counts.add(type)
        contents &+= content
    }

    /// Counts one record that stands for `count` events. `content` is the record's content.
    @inlinable public mutating func add(_ type: MetricType, count: UInt32, content: UInt64) {
        counts.add(type, count: count)
        contents &+= content
    }

    /// Adds another tally.
    @inlinable public static func += (a: inout Self, b: Self) {
        a.counts += b.counts
        a.contents &+= b.contents
    }

    /// The hash of one event's content.
    ///
    /// - Parameters:
    ///   - key: ``MetricCatalog/keyHash(of:)`` of its metric, or ``ByteHash`` of an event's own key bytes
    ///   - text: ``ByteHash`` of its member or text; 0 if there is none
    @inlinable public static func content(
        key: UInt64, value: Double, rate: Double, timestamp: Int64, text: UInt64 = 0
    ) -> UInt64 {
        var hash = KeyedRandom.mix(key ^ value.bitPattern)
        hash = KeyedRandom.mix(hash ^ UInt64(bitPattern: timestamp) ^ (rate.bitPattern &* 0x9E37_79B9_7F4A_7C15))
        return text == 0 ? hash : KeyedRandom.mix(hash ^ text)
    }
}
