import StatsModel

/// Gives the producers of a ``ShardedBuffer`` their ends. Any number of threads may use it.
public struct ShardRegistry: Sendable {
    let storage: ShardStorage
    let channel: ChannelProducer

    /// An end for one more producer: a shard of its own if one is free, or else a share in the common channel
    /// (``ShardProducer/isShared``). It never fails. Either way memory is bounded, and each producer's events keep their order.
    /// O(1), takes a lock.
    public func register() -> ShardProducer {
        ShardProducer(storage, index: storage.take(), channel: channel)
    }

    /// The number of shards without a producer.
    public var freeShards: Int { storage.freeCount }
}
