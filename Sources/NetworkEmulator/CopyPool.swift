import StatsModel
import StatsWire

/// The bytes of copies in flight. Each buffer is reused once its copy has arrived.
struct CopyPool: Sendable {
    /// The identity of a copy, stored beside its bytes.
    struct Label: Sendable {
        var kind: PacketKind
        var sequence: UInt64
        var copy: Int
        var isCorrupted: Bool
    }

    private var buffers: [[UInt8]] = []
    private var labels: [Label] = []
    private var free: [Int] = []

    /// Copies `datagram` into a free buffer, or a new one. Returns its slot.
    mutating func store(_ datagram: Span<UInt8>, _ label: Label) -> Int {
        let slot: Int
        if let last = free.popLast() {
            slot = last
            labels[slot] = label
            buffers[slot].removeAll(keepingCapacity: true)
        } else {
            slot = buffers.count
            buffers.append([])
            labels.append(label)
        }
        // The pointer covers exactly the span and is used inside the call only.
        unsafe datagram.withUnsafeBufferPointer { bytes in unsafe buffers[slot].append(contentsOf: bytes) }
        return slot
    }

    mutating func change(_ slot: Int, _ body: (inout [UInt8]) -> Void) { body(&buffers[slot]) }

    func label(of slot: Int) -> Label { labels[slot] }
    func byteCount(of slot: Int) -> Int { buffers[slot].count }
    func bytes(of slot: Int) -> [UInt8] { buffers[slot] }

    mutating func release(_ slot: Int) { free.append(slot) }
}
