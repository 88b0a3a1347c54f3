import StatsModel
import StatsWire

/// Sent packets that may have to be retransmitted, in the order of their numbers. Bounded in bytes and in packets; allocated
/// once.
///
/// The bytes are in a ring. A packet begins at the end of the one before, or at the beginning of the ring if the rest is too
/// short for it.
struct SentHistory: Sendable {
    struct Entry: Sendable {
        var sequence: UInt64 = 0
        var lastSent = Instant.start
        var offset = 0
        var byteCount: Int32 = 0
        var eventCount: Int32 = 0
        /// How often the packet was sent, second copies aside.
        var sendings: Int32 = 1
        /// How often the packet was queued because the receiver requested it.
        var requests: UInt8 = 0
        /// Whether the packet waits to be retransmitted.
        var isWanted = false
        /// Whether the packet was requested more often than allowed.
        var isExhausted = false
        /// Whether the receiver has the packet, or it will not be retransmitted for another reason.
        var isSettled = false
    }

    /// The number of packets is limited as if each had at least this many bytes.
    private static let shortestPacket = 128

    private var bytes: [UInt8]
    private var entries: [Entry]
    private var first = 0
    private(set) var count = 0
    /// The offset at which the next packet begins.
    private var end = 0
    /// The number of packets that are not settled.
    private(set) var openCount = 0

    init(capacity: Int) {
        bytes = Array(repeating: 0, count: capacity)
        entries = Array(repeating: Entry(), count: Self.entryCount(capacity))
    }

    private static func entryCount(_ capacity: Int) -> Int { capacity / shortestPacket }

    static func memory(capacity: Int) -> Int { capacity + entryCount(capacity) * MemoryLayout<Entry>.stride }

    var isOff: Bool { entries.isEmpty }

    private func place(_ index: Int) -> Int {
        let place = first + index
        return place < entries.count ? place : place - entries.count
    }

    /// The packet at this index, counted from the oldest. Traps if there is none.
    subscript(index: Int) -> Entry {
        get {
            precondition(index >= 0 && index < count, "a packet that is kept")
            return entries[place(index)]
        }
        set {
            precondition(index >= 0 && index < count, "a packet that is kept")
            if newValue.isSettled, !entries[place(index)].isSettled { openCount -= 1 }
            entries[place(index)] = newValue
        }
    }

    /// Keeps a packet whose number is above all others. Older packets make room. Returns the number of packets without an
    /// acknowledgement that were removed. A packet longer than the whole ring is not kept, and counts as one. O(bytes),
    /// amortised; allocates nothing.
    mutating func store(_ packet: OutgoingPacket, _ datagram: Span<UInt8>, at now: Instant) -> Int {
        guard !isOff, datagram.count <= bytes.count else { return isOff ? 0 : 1 }
        var forgotten = 0
        if count == entries.count { forgotten += removeFirst() }
        while !makePlace(datagram.count) { forgotten += removeFirst() }
        // The oldest packet in memory is always an open one, because the timer retransmits it.
        if forgotten > 0 { dropSettled() }
        // In bounds: `makePlace` found this many bytes from `end` on.
        unsafe bytes.withUnsafeMutableBytes { target in
            unsafe datagram.withUnsafeBytes { source in
                unsafe UnsafeMutableRawBufferPointer(rebasing: target[end..<end + source.count]).copyMemory(from: source)
            }
        }
        count += 1
        openCount += 1
        entries[place(count - 1)] = Entry(
            sequence: packet.sequence, lastSent: now, offset: end, byteCount: Int32(datagram.count),
            eventCount: Int32(packet.eventCount))
        end += datagram.count
        return forgotten
    }

    /// Whether this many consecutive bytes are free after the newest packet, or at the beginning of the ring. `end` is then
    /// moved there.
    private mutating func makePlace(_ byteCount: Int) -> Bool {
        if count == 0 {
            end = 0
            return true
        }
        let oldest = entries[first].offset
        // If both are equal, the ring is full, since a packet has at least one byte.
        if end <= oldest { return oldest - end >= byteCount }
        if bytes.count - end >= byteCount { return true }
        guard oldest >= byteCount else { return false }
        end = 0
        return true
    }

    /// Removes the oldest packet. Returns 1 if it was not settled, otherwise 0.
    private mutating func removeFirst() -> Int {
        let isOpen = !entries[first].isSettled
        first = place(1)
        count -= 1
        if isOpen { openCount -= 1 }
        return isOpen ? 1 : 0
    }

    /// Removes the oldest packets as long as they are settled.
    mutating func dropSettled() {
        while count > 0, entries[first].isSettled { _ = removeFirst() }
    }

    mutating func removeAll() {
        count = 0
        openCount = 0
    }

    /// The index of the packet with this number. nil if it is not kept. O(log packets).
    func index(of sequence: UInt64) -> Int? {
        let index = lowerBound(sequence)
        return index < count && self[index].sequence == sequence ? index : nil
    }

    /// The time at which the packet with this number was sent. nil if it is not kept, was sent more than once, or is settled.
    func firstSent(_ sequence: UInt64) -> Instant? {
        guard let index = index(of: sequence), self[index].sendings == 1, !self[index].isSettled else { return nil }
        return self[index].lastSent
    }

    /// Whether a packet with one of these numbers is kept that is not both exhausted and settled. O(log packets), and O(packets
    /// in the range that are both).
    func holdsAny(of range: ClosedRange<UInt64>) -> Bool {
        var index = lowerBound(range.lowerBound)
        while index < count, self[index].sequence <= range.upperBound {
            if !self[index].isExhausted || !self[index].isSettled { return true }
            index += 1
        }
        return false
    }

    /// The index of the first packet whose number is at least this one; `count` if there is none. O(log packets).
    func lowerBound(_ sequence: UInt64) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if entries[place(middle)].sequence < sequence { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Prepares a packet for its retransmission. nil if the packet is settled. The first time, its header is marked as a
    /// retransmission.
    mutating func sendAgain(_ index: Int, at now: Instant) -> Entry? {
        self[index].isWanted = false
        if self[index].isSettled { return nil }
        if self[index].sendings == 1 { markAsRetransmission(index) }
        self[index].sendings += 1
        self[index].lastSent = now
        return self[index]
    }

    private mutating func markAsRetransmission(_ index: Int) {
        let entry = self[index]
        var span = bytes.mutableSpan
        PacketHeader.add(.isRetransmission, to: &span, at: entry.offset..<entry.offset + Int(entry.byteCount))
    }

    borrowing func withBytes<Result: ~Copyable, Failure: Error>(
        of index: Int, _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let entry = self[index]
        return try body(bytes.span.extracting(entry.offset..<entry.offset + Int(entry.byteCount)))
    }
}
