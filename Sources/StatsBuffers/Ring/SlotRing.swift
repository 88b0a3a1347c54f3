/// A bounded ring of plain slots between one filling thread and one emptying thread. It takes no lock and does not allocate.
///
/// Its two ends are values that cannot be copied, so the compiler guarantees one producer and one consumer. A machine on a single
/// thread keeps the ring as a whole. A threaded machine takes it apart and gives each end away:
///
///     let ring = SlotRing<StatEvent>(capacity: 8192)
///     let producer = ring.producer   // one thread's
///     let consumer = ring.consumer   // another's
///
/// Memory: 256 bytes plus the slots, allocated once. It is freed when both ends are gone.
@frozen
public struct SlotRing<Element: BitwiseCopyable & Sendable>: ~Copyable, Sendable {
    /// The filling end.
    public var producer: SlotProducer<Element>
    /// The emptying end.
    public var consumer: SlotConsumer<Element>

    /// - Parameter capacity: the number of slots; traps unless it is a power of two up to 2^24
    public init(capacity: Int) {
        let storage = RingStorage(capacity: capacity, slotSize: MemoryLayout<Element>.stride)
        producer = SlotProducer(storage)
        consumer = SlotConsumer(storage)
    }

    /// The number of slots.
    public var capacity: Int { producer.capacity }

    /// The number of waiting elements. Exact, since both ends are still together and nothing else can move elements. O(1).
    @inlinable public var count: Int { Int(truncatingIfNeeded: producer.pushed &- consumer.popped) }
}
