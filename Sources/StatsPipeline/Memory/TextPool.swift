package import StatsModel

/// A bounded pool for the texts of events that wait in a ring: set members, and all the strings of events and service
/// checks, so that titles which never come again do not fill the catalog of metrics.
///
/// A ring of bytes beside the ring of events: texts are stored in order, each in one piece, and given back in any
/// order; room comes back in the order of storing, so a text that is kept long holds back those behind it. A slot
/// names its texts by a 24-bit number (``StatEvent/text``), 0 meaning none.
///
/// Like ``SPSCRing`` it has two ends that cannot be copied: who records stores, who sends reads and gives back. The
/// slot that carries the number must go from one to the other through a ring, which makes the bytes visible.
///
/// Memory: 128 bytes and the capacity, allocated once. A text costs 16 bytes beside its own, rounded up to 16. Because
/// a text stands in one piece, only those up to half the capacity are sure to fit into an empty pool.
package struct TextPool: ~Copyable, Sendable {
    /// What a pool's capacity may be, in bytes.
    package static let capacityRange = 64...1 << 27

    package var writer: TextWriter
    package var reader: TextReader
    /// One part in four of a pool, and of the texts on their way to it, is for critical events alone: whatever others flood it
    /// with, a title or check finds room as long as those before it take no more than that.
    package static let criticalShare = 4
    /// That part in units; what a text of lower priority leaves free.
    package let criticalUnits: Int

    /// - Parameter capacity: bytes; within ``capacityRange``, else traps. Rounded down to 16.
    package init(capacity: Int) {
        let storage = TextPoolStorage(capacity: capacity)
        writer = TextWriter(storage)
        reader = TextReader(storage)
        criticalUnits = storage.unitCount / Self.criticalShare
    }
}

/// Where the strings of one stored text stand, counted from the beginning of its own bytes.
package struct TextRanges: Equatable, Sendable {
    package var name: ByteRange
    package var tags: ByteRange
    package var extra: ByteRange
    package var text: ByteRange
}
