/// A bounded ring of plain slots between one thread that fills it and one that empties it: no lock, no allocation.
///
/// Its two ends are values that cannot be copied, so that "one producer, one consumer" is what the compiler checks
/// instead of a promise. A machine that runs on one thread keeps the ring whole; a threaded one takes it apart and gives
/// each end away:
///
///     let ring = SlotRing<StatEvent>(capacity: 8192)
///     let producer = ring.producer   // one thread's
///     let consumer = ring.consumer   // another's
///
/// Memory: 256 bytes and those of the slots, allocated once; freed when both ends are gone.
@frozen
public struct SlotRing<Element: BitwiseCopyable & Sendable>: ~Copyable, Sendable {
    public var producer: SlotProducer<Element>
    public var consumer: SlotConsumer<Element>

    /// - Parameter capacity: slots; a power of two up to 2^24, else traps
    public init(capacity: Int) {
        let storage = RingStorage(capacity: capacity, slotSize: MemoryLayout<Element>.stride)
        producer = SlotProducer(storage)
        consumer = SlotConsumer(storage)
    }

    public var capacity: Int { producer.capacity }

    /// How many elements wait. Exact, since whoever holds both ends is the only one to move them. O(1).
    @inlinable public var count: Int { Int(truncatingIfNeeded: producer.pushed &- consumer.popped) }
}
