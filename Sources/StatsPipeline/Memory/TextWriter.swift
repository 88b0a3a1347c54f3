package import StatsModel
import Synchronization

/// The storing end of a ``TextPool``. Its owner is the only writer.
package struct TextWriter: ~Copyable, Sendable {
    private let storage: TextPoolStorage
    private let unitCount: Int
    /// The first unit of the next block, and the number of units that were ever handed out, including skipped ones.
    private var next = 0
    private var head: UInt64 = 0
    /// The tail at the last look. The real tail may be further.
    private var knownTail: UInt64 = 0

    package init(_ storage: TextPoolStorage) {
        self.storage = storage
        unitCount = storage.unitCount
    }

    /// Whether an empty pool has room for these strings. If not, ``store(_:name:tags:extra:text:isEscaped:leaving:)`` never
    /// stores them. O(1), or O(bytes) for long texts with escapes.
    package func canHold(
        _ bytes: Span<UInt8>, name: ByteRange = .empty, tags: ByteRange = .empty, extra: ByteRange = .empty,
        text: ByteRange, isEscaped: Bool = false
    ) -> Bool {
        let room = (unitCount - 1) * TextPoolStorage.unit
        let others = name.count + tags.count + extra.count
        if others + text.count <= min(room, Int(UInt16.max)) { return true }
        let textCount = isEscaped ? EscapedText.unescapedCount(bytes, text) : text.count
        return others + textCount <= room && max(name.count, tags.count, extra.count, textCount) <= Int(UInt16.max)
    }

    /// The same for a set's member that is stored with its count.
    package func canHold(member: ByteRange) -> Bool {
        4 + member.count <= (unitCount - 1) * TextPoolStorage.unit && member.count <= Int(UInt16.max)
    }

    /// Copies the strings into one block and returns its number, which is never 0. nil if there is no room for it, or if one of
    /// the strings is longer than 65 535 bytes.
    ///
    /// - Parameters:
    ///   - isEscaped: `text` contains `\n` escapes, which are stored as line breaks
    ///   - reserve: units to leave free for others (``TextPool/criticalUnits``); an empty pool takes any text
    ///
    /// O(bytes). Allocates nothing, never waits.
    package mutating func store(
        _ bytes: Span<UInt8>, name: ByteRange = .empty, tags: ByteRange = .empty, extra: ByteRange = .empty,
        text: ByteRange, isEscaped: Bool = false, leaving reserve: Int = 0
    ) -> UInt32? {
        let textCount = isEscaped ? EscapedText.unescapedCount(bytes, text) : text.count
        guard max(name.count, tags.count, extra.count, textCount) <= Int(UInt16.max) else { return nil }
        let byteCount = name.count + tags.count + extra.count + textCount
        let units = 1 + (byteCount + TextPoolStorage.unit - 1) / TextPoolStorage.unit
        guard let block = take(units: units, leaving: reserve) else { return nil }
        let header = TextBlockHeader(
            units: UInt32(units), isReturned: 0, nameCount: UInt16(name.count), tagsCount: UInt16(tags.count),
            extraCount: UInt16(extra.count), textCount: UInt16(textCount))
        let memory = unsafe storage.unit(block)
        unsafe memory.storeBytes(of: header, as: TextBlockHeader.self)
        // In bounds: the reserved units after the header hold `byteCount` bytes in one piece.
        var end = unsafe memory + TextPoolStorage.unit
        unsafe Self.copy(bytes, name, to: &end)
        unsafe Self.copy(bytes, tags, to: &end)
        unsafe Self.copy(bytes, extra, to: &end)
        if isEscaped {
            EscapedText.forEachByte(bytes, text) { byte in
                unsafe end.storeBytes(of: byte, as: UInt8.self)
                unsafe end += 1
            }
        } else {
            unsafe Self.copy(bytes, text, to: &end)
        }
        return UInt32(block + 1)
    }

    /// The same for a set's member that stands for `count` events. The count, 4 bytes, takes the place of extra fields.
    package mutating func store(_ bytes: Span<UInt8>, member: ByteRange, count: UInt32, leaving reserve: Int = 0) -> UInt32? {
        guard member.count <= Int(UInt16.max) else { return nil }
        let units = 1 + (4 + member.count + TextPoolStorage.unit - 1) / TextPoolStorage.unit
        guard let block = take(units: units, leaving: reserve) else { return nil }
        let header = TextBlockHeader(
            units: UInt32(units), isReturned: 0, nameCount: 0, tagsCount: 0, extraCount: 4,
            textCount: UInt16(member.count))
        let memory = unsafe storage.unit(block)
        unsafe memory.storeBytes(of: header, as: TextBlockHeader.self)
        // In bounds: the reserved units after the header hold the count and the member in one piece.
        var end = unsafe memory + TextPoolStorage.unit
        unsafe end.storeBytes(of: count.littleEndian, as: UInt32.self)
        unsafe end += 4
        unsafe Self.copy(bytes, member, to: &end)
        return UInt32(block + 1)
    }

    /// The first of this many free units in one piece. nil if there are none, and then nothing changes.
    private mutating func take(units: Int, leaving reserve: Int) -> Int? {
        // If the rest up to the pool's end is too short, it is skipped as a block that counts as given back.
        let rest = unitCount - next
        let skipped = units <= rest ? 0 : rest
        guard units <= unitCount, hasRoom(for: skipped + units, leaving: reserve) else { return nil }
        if skipped > 0 {
            let header = TextBlockHeader(
                units: UInt32(skipped), isReturned: 1, nameCount: 0, tagsCount: 0, extraCount: 0, textCount: 0)
            unsafe storage.unit(next).storeBytes(of: header, as: TextBlockHeader.self)
            next = 0
        }
        let block = next
        next = block + units == unitCount ? 0 : block + units
        head += UInt64(skipped + units)
        return block
    }

    private mutating func hasRoom(for units: Int, leaving reserve: Int) -> Bool {
        let needed = head + UInt64(units)
        let room = UInt64(unitCount - reserve)
        if needed - knownTail <= room { return true }
        // The storage lives as long as this end.
        knownTail = unsafe storage.tail.pointee.load(ordering: .acquiring)
        // A long text could never be stored unless an empty pool took it.
        return needed - knownTail <= (knownTail == head ? UInt64(unitCount) : room)
    }

    /// Copies `bytes[range]` to `end`, and moves `end` behind them. There must be room.
    private static func copy(_ bytes: Span<UInt8>, _ range: ByteRange, to end: inout UnsafeMutableRawPointer) {
        if range.isEmpty { return }
        let source = bytes.extracting(range.range)
        unsafe source.withUnsafeBytes { buffer in
            unsafe UnsafeMutableRawBufferPointer(start: end, count: buffer.count).copyMemory(from: buffer)
        }
        unsafe end += range.count
    }
}
