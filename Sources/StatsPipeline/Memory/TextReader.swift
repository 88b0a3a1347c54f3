import StatsModel
import Synchronization

/// The reading end of a ``TextPool``, which reads texts and gives them back. Its owner is the only reader.
package struct TextReader: ~Copyable, Sendable {
    private let storage: TextPoolStorage
    private let unitCount: Int
    /// The first unit of the oldest block, and the number of units that were ever given back.
    private var oldest = 0
    private var tail: UInt64 = 0
    /// The end of the furthest block that was given back. All blocks before it are stored, so their headers may be read.
    private var knownHead: UInt64 = 0

    package init(_ storage: TextPoolStorage) {
        self.storage = storage
        unitCount = storage.unitCount
    }

    /// Gives a stored block's bytes, and the ranges of its strings in them. O(1).
    ///
    /// - Parameter text: a number that ``TextWriter/store(_:name:tags:extra:text:isEscaped:leaving:)`` returned and that was
    ///   not given back since
    package func withText<Result>(_ text: UInt32, _ body: (Span<UInt8>, TextRanges) -> Result) -> Result {
        let memory = unsafe storage.unit(Int(text) - 1)
        let header = unsafe memory.load(as: TextBlockHeader.self)
        precondition(header.isReturned == 0, "a text that was given back is read")
        let tags = Int(header.nameCount)
        let extra = tags + Int(header.tagsCount)
        let text = extra + Int(header.extraCount)
        let end = text + Int(header.textCount)
        // In bounds: the block's units after its header hold `end` bytes.
        let bytes = unsafe UnsafeBufferPointer(
            start: (memory + TextPoolStorage.unit).assumingMemoryBound(to: UInt8.self), count: end)
        return unsafe body(
            bytes.span,
            TextRanges(
                name: ByteRange(0..<tags), tags: ByteRange(tags..<extra), extra: ByteRange(extra..<text),
                text: ByteRange(text..<end)))
    }

    /// The number of events that a set's stored member stands for: the count that was stored in place of extra fields, or 1.
    /// O(1).
    package func count(of text: UInt32) -> UInt32 {
        withText(text) { bytes, ranges in
            guard ranges.extra.count == 4 else { return 1 }
            let start = Int(ranges.extra.lower)
            return (0..<4).reduce(0) { $0 | UInt32(bytes[start + $1]) << UInt32(8 * $1) }
        }
    }

    /// Gives a block back, after which its number is invalid. Traps if it was already given back. O(1) amortised.
    package mutating func giveBack(_ text: UInt32) {
        let index = Int(text) - 1
        var header = unsafe storage.unit(index).load(as: TextBlockHeader.self)
        precondition(header.isReturned == 0, "a text is given back once")
        header.isReturned = 1
        unsafe storage.unit(index).storeBytes(of: header, as: TextBlockHeader.self)

        let distance = index >= oldest ? index - oldest : index + unitCount - oldest
        knownHead = max(knownHead, tail + UInt64(distance) + UInt64(header.units))
        let before = tail
        while tail < knownHead {
            let header = unsafe storage.unit(oldest).load(as: TextBlockHeader.self)
            guard header.isReturned == 1 else { break }
            tail += UInt64(header.units)
            oldest += Int(header.units)
            if oldest == unitCount { oldest = 0 }
        }
        // The storage lives as long as this end.
        if tail != before { unsafe storage.tail.pointee.store(tail, ordering: .releasing) }
    }
}
