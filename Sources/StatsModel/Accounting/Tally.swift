/// Events counted per type, with a digest of what they said that does not depend on their order.
///
/// Two tallies are equal when as many events of every type were seen *and* their contents agree:
/// the digest is the wrapping sum of a 64-bit hash of each event.
public struct Tally: Sendable, Equatable {
    public var counts: TypeCounts
    public var contents: UInt64

    @inlinable public init() {
        counts = TypeCounts()
        contents = 0
    }

    @inlinable public mutating func add(_ type: MetricType, content: UInt64) {
        counts.add(type)
        contents &+= content
    }

    /// Counts one record that stands for `count` events; `content` is the record's.
    @inlinable public mutating func add(_ type: MetricType, count: UInt32, content: UInt64) {
        counts.add(type, count: count)
        contents &+= content
    }

    @inlinable public static func += (a: inout Self, b: Self) {
        a.counts += b.counts
        a.contents &+= b.contents
    }

    /// The hash of one event's content.
    ///
    /// - Parameters:
    ///   - key: ``MetricCatalog/keyHash(of:)`` of its metric, or ``ByteHash`` of an event's own key bytes
    ///   - text: ``ByteHash`` of its member or text, 0 where there is none
    @inlinable public static func content(
        key: UInt64, value: Double, rate: Double, timestamp: Int64, text: UInt64 = 0
    ) -> UInt64 {
        var hash = KeyedRandom.mix(key ^ value.bitPattern)
        hash = KeyedRandom.mix(hash ^ UInt64(bitPattern: timestamp) ^ (rate.bitPattern &* 0x9E37_79B9_7F4A_7C15))
        return text == 0 ? hash : KeyedRandom.mix(hash ^ text)
    }
}
