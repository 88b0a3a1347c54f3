package import StatsModel

/// A bounded pool for the texts of events in a ring: set members, and all strings of events and service checks. Titles that occur
/// only once therefore do not fill the catalog of metrics.
///
/// It is a ring of bytes beside the ring of events. Texts are stored in order, each in one piece, and may be given back in any
/// order. Room becomes free in the order of storing, so a text that is kept for long holds back the texts after it. A slot refers
/// to its texts by a 24-bit number (``StatEvent/text``), where 0 means none.
///
/// Like an ``SPSCRing`` it has two ends that cannot be copied: the recorder stores, and the sender reads and gives back. The slot
/// with the number must go from one to the other through a ring, which makes the bytes visible.
///
/// Memory: 128 bytes and the capacity, allocated once. A text costs 16 bytes in addition to its own, rounded up to a multiple of
/// 16. A text lies in one piece, so only texts up to half the capacity are certain to fit into an empty pool.
package struct TextPool: ~Copyable, Sendable {
    /// The range of a pool's capacity in bytes.
    package static let capacityRange = 64...1 << 27

    package var writer: TextWriter
    package var reader: TextReader
    /// A quarter of a pool, and of the texts on their way to it, is reserved for critical events. A title or check therefore
    /// finds room even if other events flood the pool, as long as earlier critical events take no more than this share.
    package static let criticalShare = 4
    /// The reserved share in units, which texts of lower priority leave free.
    package let criticalUnits: Int

    /// - Parameter capacity: bytes; traps outside ``capacityRange``; rounded down to a multiple of 16
    package init(capacity: Int) {
        let storage = TextPoolStorage(capacity: capacity)
        writer = TextWriter(storage)
        reader = TextReader(storage)
        criticalUnits = storage.unitCount / Self.criticalShare
    }
}

/// The ranges of the strings in one stored text, counted from the beginning of its own bytes.
package struct TextRanges: Equatable, Sendable {
    package var name: ByteRange
    package var tags: ByteRange
    package var extra: ByteRange
    package var text: ByteRange
}
