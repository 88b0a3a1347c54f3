import StatsModel
import Synchronization

/// A table of metrics under the names and tags that callers write, which are neither joined nor sorted. Any number of threads
/// look up at the same time, without a lock and without an allocation.
///
/// An entry stands for one way to write a metric: `a,b` and `b,a` are two entries of one metric. The table is bounded in entries,
/// and in bytes by the prices of the registered metrics (``allow(_:)``). A way without room is looked up in the registry each
/// time, which is slower and gives the same result.
///
/// Protocol. The table is a block of a mask and as many words. Each word is 0 or the address of a ``NameEntry``. A writer
/// completes an entry and then stores its address (releasing). A reader loads the address (acquiring), so that it sees the entry
/// complete. Entries never change, and none is freed before the table. Only the holder of `growth`'s lock writes. A table that is
/// half full is copied to one of twice the size, whose address is stored in `root` (releasing). A reader of the old table finds
/// all older entries there, and the old table is kept until the end.
final class NameTable: Sendable {
    private struct Growth {
        var count = 0
        /// Bytes of entries and tables, without the first table.
        var byteCount = 0
        /// All tables that readers may use, the present one last.
        var tables: [UInt]
    }

    static let firstSlotCount = 256

    let entryLimit: Int
    /// The bytes that entries and further tables may take.
    private let allowance = Atomic<Int>(0)
    /// The address of the word with the present table's address. It is a number, so that a look-up holds no reference. The reader
    /// holds the client.
    let root: UInt
    private let growth: ForkSafeMutex<Growth>

    init(entryLimit: Int) {
        self.entryLimit = entryLimit
        let table = Self.makeTable(slots: Self.firstSlotCount)
        let word = UnsafeMutableRawPointer.allocate(byteCount: 8, alignment: 64)
        root = UInt(bitPattern: word)
        // The word just allocated.
        unsafe Self.word(at: root).initialize(to: Atomic(table))
        growth = ForkSafeMutex(Growth(tables: [table]))
    }

    deinit {
        growth.withLock { growth in
            if let last = growth.tables.last {
                for index in 0...Self.mask(of: last) {
                    let address = unsafe Self.slot(index, of: last).pointee.load(ordering: .relaxed)
                    if address != 0 { NameEntry(address: address).deallocate() }
                }
            }
            // Allocated in `makeTable`. No reader is left, since every reader holds this object.
            for table in growth.tables { unsafe UnsafeMutableRawPointer(bitPattern: table)?.deallocate() }
            unsafe UnsafeMutableRawPointer(bitPattern: root)?.deallocate()
        }
    }

    /// Bytes of a table with this many slots.
    static func byteCount(slots: Int) -> Int { 8 + slots * 8 }

    private static func makeTable(slots: Int) -> UInt {
        let block = UnsafeMutableRawPointer.allocate(byteCount: byteCount(slots: slots), alignment: 64)
        // The block just allocated: a mask, then `slots` words.
        unsafe block.storeBytes(of: UInt(slots - 1), as: UInt.self)
        let table = UInt(bitPattern: block)
        for index in 0..<UInt(slots) { unsafe slot(index, of: table).initialize(to: Atomic(0)) }
        return table
    }

    @inline(__always)
    private static func mask(of table: UInt) -> UInt {
        // Never nil: the address of an allocated table, which begins with its mask.
        unsafe UnsafePointer<UInt>(bitPattern: table).unsafelyUnwrapped.pointee
    }

    @inline(__always)
    private static func word(at address: UInt) -> UnsafeMutablePointer<Atomic<UInt>> {
        // Never nil: the address of a word in an allocated block.
        unsafe UnsafeMutablePointer(bitPattern: address).unsafelyUnwrapped
    }

    /// A slot of a table. In bounds if `index` is at most the table's mask.
    @inline(__always)
    private static func slot(_ index: UInt, of table: UInt) -> UnsafeMutablePointer<Atomic<UInt>> {
        unsafe word(at: table &+ 8 &+ index &* 8)
    }

    /// The entry with this hash and type whose bytes `isMeant` accepts. nil if there is none. O(1).
    ///
    /// - Parameter root: ``root`` of a table that still exists
    @inline(__always)
    static func find(
        _ type: MetricType, hash: UInt64, root: UInt, _ isMeant: (NameEntry) -> Bool
    ) -> NameEntry? {
        let table = unsafe word(at: root).pointee.load(ordering: .acquiring)
        let mask = mask(of: table)
        var index = UInt(truncatingIfNeeded: hash) & mask
        while true {
            // In bounds by the mask. The loop ends, since at least half of the slots are 0.
            let address = unsafe slot(index, of: table).pointee.load(ordering: .acquiring)
            if address == 0 { return nil }
            let entry = NameEntry(address: address)
            if entry.hash == hash, entry.type == UInt32(type.rawValue), isMeant(entry) { return entry }
            index = (index &+ 1) & mask
        }
    }

    /// Keeps a way to write a metric, unless it is already here or there is no room. O(bytes), takes a lock.
    ///
    /// - Parameter strings: the name, then key and value of each tag
    func insert(_ handle: LiveHandle, hash: UInt64, strings: [[UInt8]]) {
        guard let metric = handle.metric else { return }
        growth.withLock { growth in
            guard growth.count < entryLimit else { return }
            // Another thread may have inserted it first.
            let known = Self.find(handle.type, hash: hash, root: root) { entry in
                var offset = NameEntry.headerCount
                return entry.stringCount == strings.count && strings.allSatisfy { entry.takes($0.span, at: &offset) }
            }
            if known != nil { return }
            let slots = Int(Self.mask(of: growth.tables[growth.tables.count - 1])) + 1
            let mustGrow = (growth.count + 1) * 2 > slots
            // The heap adds up to 32 bytes to each block.
            let byteCount = NameEntry.size(of: strings) + 32 + (mustGrow ? Self.byteCount(slots: slots * 2) + 96 : 0)
            guard byteCount <= allowance.load(ordering: .relaxed) - growth.byteCount else { return }
            if mustGrow { grow(&growth) }
            let entry = NameEntry.make(handle, metric: metric, hash: hash, strings: strings)
            Self.place(entry, in: growth.tables[growth.tables.count - 1])
            growth.count += 1
            growth.byteCount += byteCount
        }
    }

    private func grow(_ growth: inout Growth) {
        let old = growth.tables[growth.tables.count - 1]
        let mask = Self.mask(of: old)
        let table = Self.makeTable(slots: Int(mask + 1) * 2)
        for index in 0...mask {
            // In bounds: up to the mask.
            let address = unsafe Self.slot(index, of: old).pointee.load(ordering: .relaxed)
            if address != 0 { Self.place(NameEntry(address: address), in: table) }
        }
        growth.tables.append(table)
        // The old table stays, so that its readers can continue.
        unsafe Self.word(at: root).pointee.store(table, ordering: .releasing)
    }

    private static func place(_ entry: NameEntry, in table: UInt) {
        let mask = mask(of: table)
        var index = UInt(truncatingIfNeeded: entry.hash) & mask
        // In bounds by the mask. There is a free slot, since at least half of the slots are 0.
        while unsafe slot(index, of: table).pointee.load(ordering: .relaxed) != 0 { index = (index &+ 1) & mask }
        unsafe slot(index, of: table).pointee.store(entry.address, ordering: .releasing)
    }

    /// Adds the bytes that a newly registered metric's price includes for this table.
    func allow(_ byteCount: Int) { allowance.wrappingAdd(byteCount, ordering: .relaxed) }

    /// The number of ways to write a metric that are kept.
    var count: Int { growth.withLock { $0.count } }
}
