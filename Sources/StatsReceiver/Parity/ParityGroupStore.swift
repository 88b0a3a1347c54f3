import StatsWire

/// Parity packets of one session that wait for more of their groups. There are few, so a linear search is enough.
///
/// Within a group all packets have the same length, and each index occurs once. Their bytes lie in slots of equal size, allocated
/// once.
struct ParityGroupStore: Sendable {
    struct Entry: Sendable {
        let group: ParityGroup
        let index: Int
        /// The number of coded bytes.
        let count: Int
        /// The slot of the coded bytes.
        let slot: Int
        /// The order of arrival.
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

    /// The number of waiting packets of a group. O(entries).
    func count(of group: ParityGroup) -> Int {
        var count = 0
        for position in 0..<entries.count where entries[position].group == group { count += 1 }
        return count
    }

    /// Keeps a packet. Returns the number of contradicting packets that were removed, and whether the oldest made room.
    /// O(entries).
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
                // In bounds: the slot has `slotSize` bytes. The source has no more, as the first line checks.
                let start = slot * slotSize
                unsafe UnsafeMutableRawBufferPointer(rebasing: target[start..<start + source.count]).copyMemory(from: source)
            }
        }
        return (replaced, expired)
    }

    /// Gives the coded bytes of `count` packets of a group to a recovery, lowest index first, since row 0 costs the least.
    /// Returns the greatest possible length of a member. Traps if there are fewer packets.
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

    /// Removes all packets of a group. Returns their number. O(entries).
    mutating func removeAll(of group: ParityGroup) -> Int {
        var removed = 0
        for position in stride(from: entries.count - 1, through: 0, by: -1) where entries[position].group == group {
            remove(at: position)
            removed += 1
        }
        return removed
    }

    /// Removes all packets. Returns their number.
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
