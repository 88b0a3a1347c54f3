import StatsModel

/// Where producers of a ``ShardedBuffer`` get their ends; for any number of threads.
public struct ShardRegistry: Sendable {
    let storage: ShardStorage
    let channel: ChannelProducer

    /// An end for one more producer: a shard of its own while there is one, else its share in the common channel
    /// (``ShardProducer/isShared``). Never fails: the memory is bounded all the same, and the order of each producer's
    /// events holds on either way. O(1); takes a lock.
    public func register() -> ShardProducer {
        ShardProducer(storage, index: storage.take(), channel: channel)
    }

    /// How many shards have no producer at present.
    public var freeShards: Int { storage.freeCount }
}
