import StatsModel
import Synchronization

/// Where the filling ends of a ``ShardedBuffer``'s shards wait for producers.
///
/// Layout: one ``RingProducer`` every 128 bytes, so that two producers never write the same pair of cache lines.
///
/// Protocol. An index stands in the list of free ones, or exactly one ``ShardProducer`` owns it; only the owner touches
/// the end at that index. The list's lock orders the last push of one owner before the first of the next.
@usableFromInline
final class ShardStorage: Sendable {
    @usableFromInline static let stride: UInt = 128

    /// Where the block begins. A number, because a pointer may not cross threads on its own word; the protocol
    /// above is what makes it safe to.
    @usableFromInline let address: UInt
    let shardCount: Int
    private let free: Mutex<[Int]>

    /// - Parameter makeProducer: the filling end of each shard, asked once for each
    init(shardCount: Int, _ makeProducer: (Int) -> RingProducer) {
        precondition(MemoryLayout<RingProducer>.size <= Int(Self.stride), "a filling end fits into its place")
        self.shardCount = shardCount
        // The lowest last, since the last is handed out first. The list never grows beyond this.
        free = Mutex(Array((0..<shardCount).reversed()))
        let block = UnsafeMutableRawPointer.allocate(byteCount: shardCount * Int(Self.stride), alignment: 128)
        address = UInt(bitPattern: block)
        for index in 0..<shardCount {
            // In bounds: below the shard count.
            unsafe Self.producer(at: address + UInt(index) * Self.stride).initialize(to: makeProducer(index))
        }
    }

    deinit {
        // Every end was made in `init`, and no owner is left: each holds a reference to this object.
        for index in 0..<shardCount {
            unsafe Self.producer(at: address + UInt(index) * Self.stride).deinitialize(count: 1)
        }
        unsafe UnsafeMutableRawPointer(bitPattern: address)?.deallocate()
    }

    @inlinable static func producer(at address: UInt) -> UnsafeMutablePointer<RingProducer> {
        // Never nil: an address inside an allocated block.
        unsafe UnsafeMutablePointer(bitPattern: address).unsafelyUnwrapped
    }

    var freeCount: Int { free.withLock { $0.count } }

    /// A shard that nobody owns, owned by the caller from now on.
    func take() -> Int? { free.withLock { $0.popLast() } }

    @usableFromInline func giveBack(_ index: Int) { free.withLock { $0.append(index) } }
}
