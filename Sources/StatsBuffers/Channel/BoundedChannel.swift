import StatsModel

/// A bounded queue of event slots between any number of threads that record and one that sends: no lock, no
/// allocation, unless a producer chooses to wait.
///
/// Events of one producer keep their order; those of several are ordered as they claimed their slots.
///
///     let channel = BoundedChannel(capacity: 4096)
///     let producer = channel.producer   // copies for as many threads as there are
///     let consumer = channel.consumer   // one thread's
///
/// Choose it where producers come and go; where each keeps an end of its own, a ``ShardedBuffer`` costs less and
/// does not suffer from contention. The guide's size is 4096 to 8192 slots.
///
/// A producer that is stopped between claiming its slot and filling it holds back the events behind it until it goes
/// on; nobody waits for it, and the channel may answer that it is full meanwhile.
///
/// Memory: 384 bytes and 40 for each slot, allocated once (4096 slots: 161 KiB); freed when all ends are gone.
///
/// Source: D. Vyukov, "Bounded MPMC queue" (1024cores).
@frozen
public struct BoundedChannel: ~Copyable, Sendable {
    public let producer: ChannelProducer
    public var consumer: ChannelConsumer

    /// - Parameter capacity: slots; a power of two from 2 to 2^24, else traps
    public init(capacity: Int) {
        let storage = ChannelStorage(capacity: capacity)
        producer = ChannelProducer(storage)
        consumer = ChannelConsumer(storage)
    }

    public var capacity: Int { producer.capacity }

    /// How many events wait; a snapshot where others hold ends too. O(1).
    @inlinable public var count: Int { producer.count }
}
