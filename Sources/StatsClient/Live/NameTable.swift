import StatsModel
import Synchronization

/// Metrics found by the name and tags that a caller writes, without joining or sorting them: any number of threads
/// look up at once, without a lock and without an allocation.
///
/// An entry stands for one way to write a metric; `a,b` and `b,a` are two entries of one metric. Bounded in entries, and in
/// bytes by what the metrics registered so far are charged for (``allow(_:)``): what finds no room is looked up in the
/// registry each time, which is slower and says the same.
///
/// Protocol. The table is a block of a mask and as many words, each 0 or the address of a ``NameEntry``. An entry is
/// written whole, then its address is stored releasing, so who loads the address acquiring sees the entry whole;
/// entries never change and none is freed before the table is. Only the holder of `growth`'s lock writes. A table
/// that is half full is copied to one twice as large, whose address is stored releasing in `root`; who still reads
/// the old one finds everything older there, and it is kept until the end.
final class NameTable: Sendable {
    private struct Growth {
        var count = 0
        /// Of entries and of tables, beyond the first.
        var byteCount = 0
        /// All tables that were ever shown, the present one last.
        var tables: [UInt]
    }

    static let firstSlotCount = 256

    let entryLimit: Int
    /// Bytes that entries and further tables may take.
    private let allowance = Atomic<Int>(0)
    /// Where the word stands that holds the present table's address. A number, so that a look-up holds no reference;
    /// whoever looks up holds the client.
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
            // Allocated in `makeTable`; nobody reads any more, since whoever does holds this object.
            for table in growth.tables { unsafe UnsafeMutableRawPointer(bitPattern: table)?.deallocate() }
            unsafe UnsafeMutableRawPointer(bitPattern: root)?.deallocate()
        }
    }

    /// Bytes a table of that many slots takes.
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

    /// In bounds where `index` is at most the table's mask.
    @inline(__always)
    private static func slot(_ index: UInt, of table: UInt) -> UnsafeMutablePointer<Atomic<UInt>> {
        unsafe word(at: table &+ 8 &+ index &* 8)
    }

    /// The entry with this hash and type that `isMeant` recognises by its bytes; nil where there is none. O(1).
    ///
    /// - Parameter root: ``root`` of a table that lives
    @inline(__always)
    static func find(
        _ type: MetricType, hash: UInt64, root: UInt, _ isMeant: (NameEntry) -> Bool
    ) -> NameEntry? {
        let table = unsafe word(at: root).pointee.load(ordering: .acquiring)
        let mask = mask(of: table)
        var index = UInt(truncatingIfNeeded: hash) & mask
        while true {
            // In bounds by the mask; it ends, since at least half of the slots are 0.
            let address = unsafe slot(index, of: table).pointee.load(ordering: .acquiring)
            if address == 0 { return nil }
            let entry = NameEntry(address: address)
            if entry.hash == hash, entry.type == UInt32(type.rawValue), isMeant(entry) { return entry }
            index = (index &+ 1) & mask
        }
    }

    /// Keeps a way to write a metric, unless it is here already or there is no room. O(bytes), takes a lock.
    ///
    /// - Parameter strings: the name, then key and value of each tag
    func insert(_ handle: LiveHandle, hash: UInt64, strings: [[UInt8]]) {
        guard let metric = handle.metric else { return }
        growth.withLock { growth in
            guard growth.count < entryLimit else { return }
            // Another thread may have been faster.
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
        // The old one stays, so whoever reads it goes on.
        unsafe Self.word(at: root).pointee.store(table, ordering: .releasing)
    }

    private static func place(_ entry: NameEntry, in table: UInt) {
        let mask = mask(of: table)
        var index = UInt(truncatingIfNeeded: entry.hash) & mask
        // In bounds by the mask; a free slot comes, since at least half of them are 0.
        while unsafe slot(index, of: table).pointee.load(ordering: .relaxed) != 0 { index = (index &+ 1) & mask }
        unsafe slot(index, of: table).pointee.store(entry.address, ordering: .releasing)
    }

    /// A metric was registered whose price has room for so many bytes here.
    func allow(_ byteCount: Int) { allowance.wrappingAdd(byteCount, ordering: .relaxed) }

    /// How many ways to write a metric are kept.
    var count: Int { growth.withLock { $0.count } }
}
