import StatsModel

/// A bounded queue of event slots from any number of recording threads to one sending thread. It takes no lock and does not
/// allocate, unless a producer chooses to wait.
///
/// Events of one producer keep their order. Events of several producers are ordered by the time at which each claimed its slot.
///
///     let channel = BoundedChannel(capacity: 4096)
///     let producer = channel.producer   // copies for as many threads as there are
///     let consumer = channel.consumer   // one thread's
///
/// Choose it if producers come and go. If each producer keeps an end of its own, a ``ShardedBuffer`` costs less and does not
/// suffer from contention. The guide recommends 4096 to 8192 slots.
///
/// A producer may be suspended between claiming its slot and filling it. Until it continues, it holds back the events after it.
/// No other thread waits for it, but the channel may report that it is full.
///
/// Memory: 384 bytes plus 40 for each slot, allocated once (4096 slots: 161 KiB). It is freed when all ends are gone.
///
/// Source: D. Vyukov, "Bounded MPMC queue" (1024cores).
@frozen
public struct BoundedChannel: ~Copyable, Sendable {
    /// The filling end. Copy it to each recording thread.
    public let producer: ChannelProducer
    /// The emptying end. Give it to one thread.
    public var consumer: ChannelConsumer

    /// - Parameter capacity: the number of slots; traps unless it is a power of two from 2 to 2^24
    public init(capacity: Int) {
        let storage = ChannelStorage(capacity: capacity)
        producer = ChannelProducer(storage)
        consumer = ChannelConsumer(storage)
    }

    /// The number of slots.
    public var capacity: Int { producer.capacity }

    /// The number of waiting events. A snapshot if other threads hold ends too. O(1).
    @inlinable public var count: Int { producer.count }
}
