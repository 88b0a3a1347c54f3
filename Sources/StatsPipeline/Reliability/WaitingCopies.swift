import StatsModel
import StatsWire

/// Second copies of data packets that wait until they are due, in the order of sending. Bounded; allocated once.
///
/// The memory is a ring of places with room for one packet each. A packet with a single event that is longer
/// (``ClientConfiguration/largeEventLimit``) takes as many consecutive places as it needs. If too few are left at the ring's
/// end, these are skipped. If no packet is sent twice, there are no places.
package struct WaitingCopies {
    private let redundancy: Redundancy
    private let spread: Nanoseconds
    private let stride: Int
    private var bytes: [UInt8]
    private var packets: [OutgoingPacket]
    private var dueTimes: [Instant]
    /// The number of places that a packet takes, including skipped ones after it. Stored at the packet's first place.
    private var widths: [Int32]
    /// The first place of the oldest packet.
    private var first = 0
    /// The first place of the newest packet.
    private var newest = 0
    /// The number of places in use.
    private var used = 0
    private(set) var count = 0
    private(set) var counts = CopyCounts()

    init(configuration: ClientConfiguration) {
        let limit = Self.limit(configuration)
        redundancy = configuration.redundancy
        spread = Nanoseconds(configuration.copySpread)
        stride = configuration.maximumPacketSize
        bytes = Array(repeating: 0, count: limit * stride)
        packets = Array(
            repeating: OutgoingPacket(kind: .data, sequence: 0, eventCount: 0, byteCount: 0), count: limit)
        dueTimes = Array(repeating: .start, count: limit)
        widths = Array(repeating: 0, count: limit)
    }

    private static func limit(_ configuration: ClientConfiguration) -> Int {
        switch configuration.redundancy {
        case .none: 0
        case .critical, .all: configuration.copyLimit
        }
    }

    /// Bytes that the places of a client take.
    static func memory(_ configuration: ClientConfiguration) -> Int {
        let beside = MemoryLayout<OutgoingPacket>.stride + MemoryLayout<Instant>.stride + MemoryLayout<Int32>.stride
        return limit(configuration) * (configuration.maximumPacketSize + beside)
    }

    var isEmpty: Bool { count == 0 }

    /// Whether a data packet is to be sent twice.
    ///
    /// - Parameter isCritical: whether the packet holds an event of critical priority
    func covers(isCritical: Bool) -> Bool {
        switch redundancy {
        case .none: false
        case .critical: isCritical
        case .all: true
        }
    }

    /// Keeps a second copy of a packet that is sent now, and notes this in `packet`. Without room the copy is counted as
    /// skipped.
    mutating func keep(_ packet: inout OutgoingPacket, _ datagram: Span<UInt8>, at now: Instant) {
        guard hasRoom(byteCount: packet.byteCount) else {
            counts.skipped += 1
            return
        }
        packet.hasCopy = true
        var copy = packet
        copy.copy = 1
        copy.hasCopy = false
        store(copy, datagram, at: now)
    }

    /// Whether there is room for a packet with this many bytes. O(1).
    func hasRoom(byteCount: Int) -> Bool { place(byteCount) != nil }

    /// The first place for a packet with this many bytes, its number of places, and the number of places skipped at the ring's
    /// end.
    private func place(_ byteCount: Int) -> (slot: Int, width: Int, skipped: Int)? {
        let width = max(1, (byteCount + stride - 1) / stride)
        if count == 0 { return width <= packets.count ? (0, width, 0) : nil }
        let slot = (first + used) % packets.count
        let rest = packets.count - slot
        let skipped = width <= rest ? 0 : rest
        guard used + skipped + width <= packets.count else { return nil }
        return (skipped == 0 ? slot : 0, width, skipped)
    }

    /// The time at which the oldest copy is due. nil if none waits.
    var deadline: Instant? { count == 0 ? nil : dueTimes[first] }

    /// Keeps a copy of a packet that is sent now. Traps if there is no room. O(bytes), allocates nothing.
    mutating func store(_ packet: OutgoingPacket, _ datagram: Span<UInt8>, at now: Instant) {
        guard let (slot, width, skipped) = place(datagram.count) else {
            preconditionFailure("a copy is kept where there is room")
        }
        if count == 0 {
            first = 0
            used = 0
        } else {
            widths[newest] += Int32(skipped)
        }
        newest = slot
        used += skipped + width
        count += 1
        packets[slot] = packet
        dueTimes[slot] = now + spread
        widths[slot] = Int32(width)
        // In bounds: `width` places of `stride` bytes from the slot's on, none of them beyond the last one.
        unsafe bytes.withUnsafeMutableBytes { target in
            unsafe datagram.withUnsafeBytes { source in
                unsafe UnsafeMutableRawBufferPointer(rebasing: target[slot * stride..<slot * stride + source.count])
                    .copyMemory(from: source)
            }
        }
    }

    /// Takes the oldest copy. Its bytes stay readable through ``withBytes(of:_:)`` until the next copy is stored.
    mutating func removeFirst() -> (packet: OutgoingPacket, slot: Int) {
        precondition(count > 0, "no copy waits")
        let slot = first
        first = (first + Int(widths[slot])) % packets.count
        used -= Int(widths[slot])
        count -= 1
        counts.sent += 1
        counts.byteCount += UInt64(packets[slot].byteCount)
        return (packets[slot], slot)
    }

    /// Gives up all waiting copies, and counts them as skipped.
    mutating func abandon() {
        counts.skipped += UInt64(count)
        count = 0
    }

    borrowing func withBytes<Result: ~Copyable, Failure: Error>(
        of slot: Int, _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(bytes.span.extracting(slot * stride..<slot * stride + packets[slot].byteCount))
    }
}
