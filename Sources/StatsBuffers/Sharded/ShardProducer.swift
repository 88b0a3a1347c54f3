public import StatsModel

/// One producer's end of a ``ShardedBuffer``: either a shard of its own, or a share in the common channel.
///
/// A producer keeps its shard for life, so its events leave in the order in which they were pushed. Afterwards the shard passes
/// to the next producer that registers, together with any events that still wait in it.
@frozen
public struct ShardProducer: ~Copyable, Sendable {
    @usableFromInline let storage: ShardStorage
    /// The address of its own ring's filling end. 0 if it uses the common channel.
    @usableFromInline let address: UInt
    @usableFromInline let index: Int
    @usableFromInline let channel: ChannelProducer

    init(_ storage: ShardStorage, index: Int?, channel: ChannelProducer) {
        self.storage = storage
        self.channel = channel
        self.index = index ?? -1
        address = index.map { storage.address + UInt($0) * ShardStorage.stride } ?? 0
    }

    /// Whether it uses the common channel, because every shard had a producer when it registered.
    @inlinable public var isShared: Bool { address == 0 }

    /// Adds the event after this producer's other events. If there is no room, it returns `.refused(.bufferFull)` at once. O(1),
    /// never waits.
    @inlinable public mutating func push(_ event: StatEvent) -> PushResult {
        if address == 0 { return channel.tryPush(event) }
        // This producer alone owns the end. It lives as long as the storage that the producer holds.
        return unsafe ShardStorage.producer(at: address).pointee.push(event)
    }

    @inlinable deinit {
        if address != 0 { storage.giveBack(index) }
    }
}
