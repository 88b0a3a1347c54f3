public import StatsModel

/// One producer's end of a ``ShardedBuffer``: a shard of its own, or its share in the common channel.
///
/// It stays where it is for its whole life, so its events leave in the order in which they were pushed. When it goes,
/// its shard, with whatever still waits in it, passes to the next producer that registers.
@frozen
public struct ShardProducer: ~Copyable, Sendable {
    @usableFromInline let storage: ShardStorage
    /// Where its own ring's filling end stands; 0 where it shares the channel.
    @usableFromInline let address: UInt
    @usableFromInline let index: Int
    @usableFromInline let channel: ChannelProducer

    init(_ storage: ShardStorage, index: Int?, channel: ChannelProducer) {
        self.storage = storage
        self.channel = channel
        self.index = index ?? -1
        address = index.map { storage.address + UInt($0) * ShardStorage.stride } ?? 0
    }

    /// Whether it shares the common channel, because every shard had its producer when it registered.
    @inlinable public var isShared: Bool { address == 0 }

    /// Puts the event behind this producer's others, or answers `.refused(.bufferFull)` at once. O(1), never waits.
    @inlinable public mutating func push(_ event: StatEvent) -> PushResult {
        if address == 0 { return channel.tryPush(event) }
        // Owned by this producer alone, and alive as long as the storage it holds.
        return unsafe ShardStorage.producer(at: address).pointee.push(event)
    }

    @inlinable deinit {
        if address != 0 { storage.giveBack(index) }
    }
}
