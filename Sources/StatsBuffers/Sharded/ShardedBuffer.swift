import StatsModel

/// A bounded buffer for many producers that do not disturb each other: each registers once and has a ring of its own.
///
///     let buffer = ShardedBuffer(shardCount: 2, shardCapacity: 4096, sharedCapacity: 4096)
///     var producer = buffer.registry.register()   // on each recording thread, kept as long as it records
///     var consumer = buffer.consumer              // one thread's
///
/// A producer stays on one shard, so the order of its events holds; those of different producers have no order among
/// each other, their timestamps have. Producers beyond the shards share one ``BoundedChannel``, which costs them more.
///
/// The guide's size: as many shards as processors, 4096 slots each.
///
/// Memory, allocated once: for each shard 400 bytes and 32 for each slot, and the channel's (2 shards of 4096 slots
/// and a channel of 4096: 418 KiB).
@frozen
public struct ShardedBuffer: ~Copyable, Sendable {
    public let registry: ShardRegistry
    public var consumer: ShardedConsumer

    /// - Parameters:
    ///   - shardCount: producers with a shard of their own; 1 to 4096
    ///   - shardCapacity: slots of each shard; a power of two up to 2^24
    ///   - sharedCapacity: slots of the common channel; a power of two from 2 to 2^24
    public init(shardCount: Int, shardCapacity: Int, sharedCapacity: Int) {
        precondition((1...4096).contains(shardCount), "a sharded buffer has 1 to 4096 shards")
        let rings = (0..<shardCount).map { _ in RingStorage(capacity: shardCapacity) }
        let channel = BoundedChannel(capacity: sharedCapacity)
        registry = ShardRegistry(
            storage: ShardStorage(shardCount: shardCount) { RingProducer(rings[$0]) }, channel: channel.producer)
        consumer = ShardedConsumer(shardCount: shardCount, channel: channel.consumer) { RingConsumer(rings[$0]) }
    }
}
