import StatsModel
import StatsWire

/// Packets that were sent and may have to be retransmitted, in the order of their numbers. Bounded in bytes and in packets;
/// allocated once.
///
/// The bytes stand in a ring: a packet begins where the one before ends, or at the ring's beginning where the rest is too
/// short for it.
struct SentHistory: Sendable {
    struct Entry: Sendable {
        var sequence: UInt64 = 0
        var lastSent = Instant.start
        var offset = 0
        var byteCount: Int32 = 0
        var eventCount: Int32 = 0
        /// How often it was sent.
        var sendings: Int32 = 1
        /// How often the receiver asked for it, and it was to be retransmitted.
        var requests: UInt8 = 0
        /// It waits to be retransmitted.
        var isWanted = false
        /// It was asked for more often than it may be.
        var isExhausted = false
        /// The receiver has it.
        var isSettled = false
    }

    /// A packet is taken to have so many bytes at least.
    private static let shortestPacket = 128

    private var bytes: [UInt8]
    private var entries: [Entry]
    private var first = 0
    private(set) var count = 0
    /// Where the next packet's bytes begin.
    private var end = 0
    /// Packets in it that are not settled.
    private(set) var openCount = 0

    init(capacity: Int) {
        bytes = Array(repeating: 0, count: capacity)
        entries = Array(repeating: Entry(), count: Self.entryCount(capacity))
    }

    private static func entryCount(_ capacity: Int) -> Int { capacity / shortestPacket }

    static func memory(capacity: Int) -> Int { capacity + entryCount(capacity) * MemoryLayout<Entry>.stride }

    var isEmpty: Bool { count == 0 }
    var isOff: Bool { entries.isEmpty }

    private func place(_ index: Int) -> Int {
        let place = first + index
        return place < entries.count ? place : place - entries.count
    }

    /// The packet `index`, counted from the oldest.
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

    /// Keeps a packet whose number is above all others'; older ones make room. Answers how many of those were not settled,
    /// itself included where it is longer than the whole ring. O(bytes), amortised; allocates nothing.
    mutating func store(_ packet: OutgoingPacket, _ datagram: Span<UInt8>, at now: Instant) -> Int {
        guard !isOff, datagram.count <= bytes.count else { return isOff ? 0 : 1 }
        var forgotten = 0
        if count == entries.count { forgotten += removeFirst() }
        while !makePlace(datagram.count) { forgotten += removeFirst() }
        // In bounds: `makePlace` found so many bytes from `end` on.
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

    /// Whether there are so many bytes in a row behind the newest packet, or at the ring's beginning; then `end` is there.
    private mutating func makePlace(_ byteCount: Int) -> Bool {
        if count == 0 {
            end = 0
            return true
        }
        let oldest = entries[first].offset
        // Where both meet the ring is full: a packet has a byte at least.
        if end <= oldest { return oldest - end >= byteCount }
        if bytes.count - end >= byteCount { return true }
        guard oldest >= byteCount else { return false }
        end = 0
        return true
    }

    /// Answers how many packets are gone that were not settled: one or none.
    private mutating func removeFirst() -> Int {
        let isOpen = !entries[first].isSettled
        first = place(1)
        count -= 1
        if isOpen { openCount -= 1 }
        return isOpen ? 1 : 0
    }

    /// Lets go of the oldest packets that are settled.
    mutating func dropSettled() {
        while count > 0, entries[first].isSettled { _ = removeFirst() }
    }

    mutating func removeAll() {
        count = 0
        openCount = 0
    }

    /// Where the packet of this number is; nil where it is not kept. O(log packets).
    func index(of sequence: UInt64) -> Int? {
        let index = lowerBound(sequence)
        return index < count && self[index].sequence == sequence ? index : nil
    }

    /// When the packet of this number went out, if it did so once only and is not settled.
    func firstSent(_ sequence: UInt64) -> Instant? {
        guard let index = index(of: sequence), self[index].sendings == 1, !self[index].isSettled else { return nil }
        return self[index].lastSent
    }

    /// Whether any packet of these numbers is kept and may still be retransmitted. O(log packets) and O(those that may not).
    func holdsAny(of range: ClosedRange<UInt64>) -> Bool {
        var index = lowerBound(range.lowerBound)
        while index < count, self[index].sequence <= range.upperBound {
            if !self[index].isExhausted || !self[index].isSettled { return true }
            index += 1
        }
        return false
    }

    /// The first packet whose number is at least this one; `count` where there is none. O(log packets).
    func lowerBound(_ sequence: UInt64) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if entries[place(middle)].sequence < sequence { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The packet goes out again, unless it is settled. The first time its header is made to say so.
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
