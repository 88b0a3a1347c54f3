import StatsModel
import StatsWire

/// Second copies of data packets that wait for their time, in the order of sending. Bounded; allocated once.
///
/// The memory is a ring of places of one packet each. A packet of one event that is longer (``ClientConfiguration/largeEventLimit``)
/// takes as many places in a row as it needs; where too few are left at the ring's end, those are passed over. Where nothing
/// is sent twice there are no places.
package struct WaitingCopies {
    private let redundancy: Redundancy
    private let spread: Nanoseconds
    private let stride: Int
    private var bytes: [UInt8]
    private var packets: [OutgoingPacket]
    private var dues: [Instant]
    /// By a packet's first place: how many places it takes, those behind it that were passed over included.
    private var widths: [Int32]
    /// The first place of the oldest packet and of the newest, and how many places are taken.
    private var first = 0
    private var newest = 0
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
        dues = Array(repeating: .start, count: limit)
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
    /// - Parameter isCritical: an event of critical priority stands in it
    func covers(isCritical: Bool) -> Bool {
        switch redundancy {
        case .none: false
        case .critical: isCritical
        case .all: true
        }
    }

    /// The packet, which goes out now, will go out once more, where there is room for it to wait. Notes that in `packet`.
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

    /// Whether a packet of that many bytes has room. O(1).
    func hasRoom(byteCount: Int) -> Bool { place(byteCount) != nil }

    /// Where a packet of that many bytes goes, and how many places at the ring's end are passed over for it.
    private func place(_ byteCount: Int) -> (slot: Int, width: Int, skipped: Int)? {
        let width = max(1, (byteCount + stride - 1) / stride)
        if count == 0 { return width <= packets.count ? (0, width, 0) : nil }
        let slot = (first + used) % packets.count
        let rest = packets.count - slot
        let skipped = width <= rest ? 0 : rest
        guard used + skipped + width <= packets.count else { return nil }
        return (skipped == 0 ? slot : 0, width, skipped)
    }

    /// When the oldest one is to go out; nil when none waits.
    var deadline: Instant? { count == 0 ? nil : dues[first] }

    /// Keeps a packet that goes out now. There must be room. O(bytes), allocates nothing.
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
        dues[slot] = now + spread
        widths[slot] = Int32(width)
        // In bounds: `width` places of `stride` bytes from the slot's on, none of them behind the last.
        unsafe bytes.withUnsafeMutableBytes { target in
            unsafe datagram.withUnsafeBytes { source in
                unsafe UnsafeMutableRawBufferPointer(rebasing: target[slot * stride..<slot * stride + source.count])
                    .copyMemory(from: source)
            }
        }
    }

    /// Takes the oldest one; its bytes stay readable through ``withBytes(of:_:)`` until the next is stored.
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

    /// Gives up all that wait, and counts them as skipped.
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
