import StatsModel
import StatsWire

/// Second copies of data packets that wait for their time, in the order of sending. Bounded; allocated once.
struct WaitingCopies {
    private let spread: Nanoseconds
    private let stride: Int
    private var bytes: [UInt8]
    private var packets: [OutgoingPacket]
    private var dues: [Instant]
    private var first = 0
    private(set) var count = 0

    init(configuration: ClientConfiguration) {
        let limit: Int
        switch configuration.redundancy {
        case .none: limit = 0
        case .critical, .all: limit = configuration.copyLimit
        }
        spread = configuration.copySpread
        stride = configuration.maximumPacketSize
        bytes = Array(repeating: 0, count: limit * stride)
        packets = Array(
            repeating: OutgoingPacket(kind: .data, sequence: 0, eventCount: 0, byteCount: 0), count: limit)
        dues = Array(repeating: .start, count: limit)
    }

    var isEmpty: Bool { count == 0 }
    var isFull: Bool { count == packets.count }

    /// When the oldest one is to go out; nil when none waits.
    var deadline: Instant? { count == 0 ? nil : dues[first] }

    /// Keeps a packet that goes out now. There must be room. O(bytes), allocates nothing.
    mutating func store(_ packet: OutgoingPacket, _ datagram: Span<UInt8>, at now: Instant) {
        precondition(!isFull, "a copy is kept where there is room")
        precondition(datagram.count <= stride, "a packet is no longer than the longest")
        let slot = (first + count) % packets.count
        count += 1
        packets[slot] = packet
        dues[slot] = now + spread
        // In bounds: `stride` bytes from the slot's place on, by the second line.
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
        first = (first + 1) % packets.count
        count -= 1
        return (packets[slot], slot)
    }

    /// Gives up all that wait; answers how many that were.
    mutating func removeAll() -> Int {
        defer { count = 0 }
        return count
    }

    borrowing func withBytes<Result: ~Copyable, Failure: Error>(
        of slot: Int, _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(bytes.span.extracting(slot * stride..<slot * stride + packets[slot].byteCount))
    }
}
