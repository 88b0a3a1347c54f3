import StatsWire

/// Parity packets of one session that wait for more of their groups: few, so they are looked through one by one.
///
/// Of one group the packets are of one length and each index stands once. Bytes lie in slots of equal size, allocated once.
struct ParityGroupStore: Sendable {
    struct Entry: Sendable {
        let group: ParityGroup
        let index: Int
        /// Coded bytes.
        let count: Int
        /// Where they stand.
        let slot: Int
        /// Which came first.
        let order: UInt64
    }

    private let slotSize: Int
    private var bytes: [UInt8]
    private(set) var entries: [Entry] = []
    private var free: [Int]
    private var orders: UInt64 = 0

    init(capacity: Int, slotSize: Int) {
        self.slotSize = slotSize
        bytes = Array(repeating: 0, count: capacity * slotSize)
        entries.reserveCapacity(capacity)
        free = Array((0..<capacity).reversed())
    }

    var isEmpty: Bool { entries.isEmpty }

    /// How many of a group there are. O(entries).
    func count(of group: ParityGroup) -> Int {
        var count = 0
        for position in 0..<entries.count where entries[position].group == group { count += 1 }
        return count
    }

    /// Keeps a packet; says how many that contradict it were removed, and whether the oldest had to make room. O(entries).
    mutating func insert(_ packet: ParityPacket, coded: Span<UInt8>) -> (replaced: Int, expired: Int) {
        precondition(coded.count <= slotSize, "coded bytes fit their slot")
        var replaced = 0
        for position in stride(from: entries.count - 1, through: 0, by: -1) where entries[position].group == packet.group {
            if entries[position].index == packet.index || entries[position].count != coded.count {
                remove(at: position)
                replaced += 1
            }
        }
        var expired = 0
        if free.isEmpty {
            var oldest = 0
            for position in 0..<entries.count where entries[position].order < entries[oldest].order { oldest = position }
            remove(at: oldest)
            expired = 1
        }
        let slot = free.removeLast()
        orders += 1
        entries.append(Entry(group: packet.group, index: packet.index, count: coded.count, slot: slot, order: orders))
        unsafe bytes.withUnsafeMutableBytes { target in
            unsafe coded.withUnsafeBytes { source in
                // In bounds: the slot has `slotSize` bytes, and the source no more, by the first line.
                let start = slot * slotSize
                unsafe UnsafeMutableRawBufferPointer(rebasing: target[start..<start + source.count]).copyMemory(from: source)
            }
        }
        return (replaced, expired)
    }

    /// Gives the coded bytes of `count` packets of a group to a recovery, in the order of their indices, lowest first: row 0
    /// costs the least. Answers how long a member can be. Traps where there are fewer.
    func give(_ count: Int, of group: ParityGroup, to recovery: inout ParityRecovery) -> Int {
        var given = 0
        var longest = 0
        for index in 0..<ParityCode.maximumParities {
            guard given < count, let position = position(of: group, index: index) else { continue }
            let entry = entries[position]
            let start = entry.slot * slotSize
            recovery.add(coded: bytes.span.extracting(start..<start + entry.count), parity: index)
            given += 1
            longest = entry.count - 2
        }
        precondition(given == count, "as many parities as were counted")
        return longest
    }

    private func position(of group: ParityGroup, index: Int) -> Int? {
        for position in 0..<entries.count where entries[position].index == index && entries[position].group == group {
            return position
        }
        return nil
    }

    /// Removes all of a group; how many. O(entries).
    mutating func removeAll(of group: ParityGroup) -> Int {
        var removed = 0
        for position in stride(from: entries.count - 1, through: 0, by: -1) where entries[position].group == group {
            remove(at: position)
            removed += 1
        }
        return removed
    }

    /// Removes all; how many.
    mutating func removeAll() -> Int {
        let count = entries.count
        for entry in entries { free.append(entry.slot) }
        entries.removeAll(keepingCapacity: true)
        return count
    }

    private mutating func remove(at position: Int) {
        free.append(entries[position].slot)
        entries.swapAt(position, entries.count - 1)
        entries.removeLast()
    }
}
