import StatsModel

/// A bounded ring of event slots between one thread that records and one that sends: no lock, no allocation.
///
/// Its two ends are values that cannot be copied, so that "one producer, one consumer" is what the compiler checks
/// instead of a promise. A machine that runs on one thread keeps the ring whole; a threaded client takes it apart and
/// gives each end away:
///
///     let ring = SPSCRing(capacity: 8192)
///     let producer = ring.producer   // one thread's
///     let consumer = ring.consumer   // another's
///
/// Memory: 256 bytes and 32 for each slot, allocated once; freed when both ends are gone.
@frozen
public struct SPSCRing: ~Copyable, Sendable {
    public var producer: RingProducer
    public var consumer: RingConsumer

    /// - Parameter capacity: slots; a power of two up to 2^24, else traps
    public init(capacity: Int) {
        let storage = RingStorage(capacity: capacity)
        producer = RingProducer(storage)
        consumer = RingConsumer(storage)
    }

    public var capacity: Int { producer.capacity }

    /// How many events wait. Exact, since whoever holds both ends is the only one to move them. O(1).
    @inlinable public var count: Int { Int(truncatingIfNeeded: producer.pushed &- consumer.popped) }
}
