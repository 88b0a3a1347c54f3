import StatsModel

/// A bounded buffer for many producers that do not disturb each other. Each producer registers once and gets a ring of its own.
///
///     let buffer = ShardedBuffer(shardCount: 2, shardCapacity: 4096, sharedCapacity: 4096)
///     var producer = buffer.registry.register()   // on each recording thread, kept as long as it records
///     var consumer = buffer.consumer              // one thread's
///
/// A producer keeps its shard, so its events keep their order. Events of different producers have no common order except for
/// their timestamps. If there are more producers than shards, the others share a ``BoundedChannel``, which costs them more.
///
/// The guide recommends one shard per processor, with 4096 slots each.
///
/// Memory, allocated once: 400 bytes for each shard, 32 for each of its slots, and the channel (2 shards of 4096 slots and a
/// channel of 4096: 418 KiB).
@frozen
public struct ShardedBuffer: ~Copyable, Sendable {
    /// Gives producers their ends.
    public let registry: ShardRegistry
    /// The emptying end. Give it to one thread.
    public var consumer: ShardedConsumer

    /// A buffer of these sizes. Traps for a size outside its range.
    ///
    /// - Parameters:
    ///   - shardCount: the number of producers with a shard of their own, 1 to 4096
    ///   - shardCapacity: the slots of each shard; a power of two up to 2^24
    ///   - sharedCapacity: the slots of the common channel; a power of two from 2 to 2^24
    public init(shardCount: Int, shardCapacity: Int, sharedCapacity: Int) {
        precondition((1...4096).contains(shardCount), "a sharded buffer has 1 to 4096 shards")
        let rings = (0..<shardCount).map { _ in RingStorage(capacity: shardCapacity) }
        let channel = BoundedChannel(capacity: sharedCapacity)
        registry = ShardRegistry(
            storage: ShardStorage(shardCount: shardCount) { RingProducer(rings[$0]) }, channel: channel.producer)
        consumer = ShardedConsumer(shardCount: shardCount, channel: channel.consumer) { RingConsumer(rings[$0]) }
    }
}
