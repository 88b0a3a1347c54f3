public import StatsModel

/// The emptying end of a ``ShardedBuffer``. Its owner is the only consumer of all shards.
public struct ShardedConsumer: ~Copyable, Sendable {
    /// The largest number of events from one shard before it is the next shard's turn.
    public static let share = 64

    let shardCount: Int
    /// The address of the shards' emptying ends, in a row. It is a number, since a pointer is not `Sendable`. This value cannot
    /// be copied, and only its owner uses the address.
    private let address: UInt
    private var channel: ChannelConsumer
    /// The shard whose turn is next. A value equal to the shard count means the common channel.
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
        // All were created in `init`, and no other code knows the address.
        unsafe consumers.deinitialize(count: shardCount)
        unsafe consumers.deallocate()
    }

    /// Takes up to `limit` events from each shard and the common channel in turn. Each turn takes at most ``share`` events, so
    /// that a busy producer does not hold up the others. The next call continues with the next shard.
    ///
    /// - Returns: the number of events; fewer than `limit` only if no more events waited anywhere
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
        // In bounds: `next` is below the shard count. `consumers[next]` is not used, because Swift 6.3 crashes on a mutation
        // through a pointer's subscript if the thread sanitizer is on.
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
