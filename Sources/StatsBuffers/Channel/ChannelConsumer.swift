public import StatsModel
import Synchronization

/// The emptying end of a ``BoundedChannel``. Its owner is the channel's only consumer. Producers take events out only to evict
/// them.
@frozen
public struct ChannelConsumer: ~Copyable, Sendable {
    @usableFromInline let storage: ChannelStorage
    @usableFromInline let address: UInt
    @usableFromInline let mask: UInt64

    init(_ storage: ChannelStorage) {
        self.storage = storage
        address = storage.address
        mask = UInt64(storage.capacity - 1)
    }

    /// The number of slots.
    public var capacity: Int { storage.capacity }

    /// The number of waiting events, including events that are just being written. A snapshot. O(1).
    @inlinable public var count: Int { ChannelStorage.count(address, mask: mask) }

    /// Takes the oldest event. nil if none waits, or if the oldest is being written at this moment.
    ///
    /// O(1). It never waits. It takes a lock only to wake a producer that waits for room.
    @inlinable public mutating func pop() -> StatEvent? {
        // The storage lives as long as this end.
        guard let oldest = ChannelStorage.empty(address, mask: mask) else { return nil }
        if oldest.isAwaited { storage.wakeProducer() }
        return oldest.event
    }
}
