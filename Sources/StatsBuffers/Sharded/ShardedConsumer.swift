public import StatsModel

/// The emptying end of a ``ShardedBuffer``. Whoever holds it is the only consumer of all shards.
public struct ShardedConsumer: ~Copyable, Sendable {
    /// A shard gives at most this many events before the next one has its turn.
    public static let share = 64

    let shardCount: Int
    /// Where the shards' emptying ends stand, one behind the other. A number, because a pointer may not cross threads
    /// on its own word; only the one owner of this value, which cannot be copied, ever looks there.
    private let address: UInt
    private var channel: ChannelConsumer
    /// Whose turn it is; the shard count stands for the common channel.
    private var next = 0

    init(shardCount: Int, channel: consuming ChannelConsumer, _ makeConsumer: (Int) -> RingConsumer) {
        self.shardCount = shardCount
        self.channel = channel
        let block = UnsafeMutablePointer<RingConsumer>.allocate(capacity: shardCount)
        for index in 0..<shardCount {
            // In bounds: below the shard count.
            unsafe (block + index).initialize(to: makeConsumer(index))
        }
        address = UInt(bitPattern: block)
    }

    deinit {
        // All made in `init`, and nobody else knows the address.
        unsafe consumers.deinitialize(count: shardCount)
        unsafe consumers.deallocate()
    }

    /// Takes up to `limit` events: in turn from each shard and the common channel, at most ``share`` a turn, so that a
    /// busy producer does not hold up the others. The next call goes on with the shard whose turn it is.
    ///
    /// - Returns: how many were taken; fewer than `limit` only where nothing waited in any of them
    ///
    /// O(events + shards). Never waits.
    public mutating func drain(upTo limit: Int, _ body: (StatEvent) -> Void) -> Int {
        var taken = 0
        var idleTurns = 0
        while taken < limit, idleTurns <= shardCount {
            let count = takeTurn(upTo: min(Self.share, limit - taken), body)
            taken += count
            idleTurns = count == 0 ? idleTurns + 1 : 0
            next = next == shardCount ? 0 : next + 1
        }
        return taken
    }

    private mutating func takeTurn(upTo limit: Int, _ body: (StatEvent) -> Void) -> Int {
        var taken = 0
        if next == shardCount {
            while taken < limit, let event = channel.pop() {
                body(event)
                taken += 1
            }
            return taken
        }
        // In bounds: `next` is below the shard count. Not `consumers[next]`: where a pointer's element is changed by its
        // subscript, Swift 6.3 crashes as soon as the thread sanitizer is to watch it.
        while taken < limit, let event = unsafe (consumers + next).pointee.pop() {
            body(event)
            taken += 1
        }
        return taken
    }

    private var consumers: UnsafeMutablePointer<RingConsumer> {
        // Never nil: the address of an allocated block.
        unsafe UnsafeMutablePointer(bitPattern: address).unsafelyUnwrapped
    }
}
