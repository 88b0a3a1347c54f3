import StatsModel

/// Keeps each distinct string once and gives it a number. Bounded in strings and in bytes.
///
/// A string that does not fit is refused and counted, and never merged with another. Strings of different scopes are different,
/// so that one interner can serve names, tags and the members of many sets.
///
/// It belongs to one thread. Memory, allocated at once and never later: the byte limit, 24 bytes for each string, and 8 to 16
/// bytes for its place in the table (1000 strings, 50 000 bytes: 80 KiB).
package struct StringInterner: Sendable {
    struct Entry: Sendable {
        var hash: UInt64
        var offset: UInt32
        var count: UInt32
        var scope: UInt32
    }

    package let limit: Int
    package let byteLimit: Int
    /// The number of strings that were refused because they did not fit.
    package private(set) var refused: UInt64 = 0
    private(set) var arena: [UInt8] = []
    private(set) var entries: [Entry] = []
    /// The entry's number + 1, or 0 for a free slot. The count is a power of two, and at most half of the slots are used.
    private(set) var slots: [UInt32]
    private let hash: TableHash

    /// - Parameters:
    ///   - limit: the number of strings, 1 to 2^24
    ///   - byteLimit: the bytes of all strings together, up to 2^31
    package init(limit: Int, byteLimit: Int) { self.init(limit: limit, byteLimit: byteLimit, hash: .process) }

    /// - Parameter hash: the hash of the table; nothing else depends on it
    init(limit: Int, byteLimit: Int, hash: TableHash) {
        self.hash = hash
        precondition((1...1 << 24).contains(limit), "an interner holds 1 to 2^24 strings")
        precondition((0...1 << 31).contains(byteLimit), "an interner holds at most 2 GiB")
        self.limit = limit
        self.byteLimit = byteLimit
        arena.reserveCapacity(byteLimit)
        entries.reserveCapacity(limit)
        var slotCount = 2
        while slotCount < limit * 2 { slotCount *= 2 }
        slots = Array(repeating: 0, count: slotCount)
    }

    /// The result of interning a string.
    package enum Outcome: Equatable, Sendable {
        /// The string was already kept, with this number.
        case known(UInt32)
        /// The string is new, with this number. Numbers count from 0.
        case added(UInt32)
        /// There is no room for the string. ``StringInterner/refused`` counts it.
        case refused
    }

    /// Keeps the string at `range` of `bytes`, unless it is already kept. O(its bytes). Never allocates.
    package mutating func intern(_ bytes: Span<UInt8>, _ range: Range<Int>, scope: UInt32 = 0) -> Outcome {
        let hash = self.hash.hash(bytes, range, state: UInt64(scope))
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash) & mask
        while slots[slot] != 0 {
            let number = slots[slot] - 1
            if isEntry(Int(number), hash, bytes, range, scope) { return .known(number) }
            slot = (slot + 1) & mask
        }
        guard entries.count < limit, range.count <= byteLimit - arena.count else {
            refused += 1
            return .refused
        }
        let number = UInt32(entries.count)
        entries.append(
            Entry(hash: hash, offset: UInt32(arena.count), count: UInt32(range.count), scope: scope))
        for index in range { arena.append(bytes[index]) }
        slots[slot] = number + 1
        return .added(number)
    }

    /// Gives the bytes of a string by its number. Traps if this number was not given out.
    package func withBytes<Result>(of number: UInt32, _ body: (Span<UInt8>) -> Result) -> Result {
        let entry = entries[Int(number)]
        return body(arena.span.extracting(Int(entry.offset)..<Int(entry.offset) + Int(entry.count)))
    }

    /// Removes all strings, whose numbers can then be used again. The memory and the count of refusals stay. O(table).
    package mutating func removeAll() {
        if entries.isEmpty { return }
        arena.removeAll(keepingCapacity: true)
        entries.removeAll(keepingCapacity: true)
        for index in slots.indices { slots[index] = 0 }
    }

    private func isEntry(
        _ number: Int, _ hash: UInt64, _ bytes: Span<UInt8>, _ range: Range<Int>, _ scope: UInt32
    ) -> Bool {
        let entry = entries[number]
        guard entry.hash == hash, entry.scope == scope, Int(entry.count) == range.count else { return false }
        // The hash narrows the search, and the bytes decide: two strings with the same hash stay two.
        var offset = Int(entry.offset)
        for index in range {
            if arena[offset] != bytes[index] { return false }
            offset += 1
        }
        return true
    }
}
