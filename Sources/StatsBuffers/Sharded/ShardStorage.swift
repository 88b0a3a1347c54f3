import StatsModel
import Synchronization

/// Holds the filling ends of a ``ShardedBuffer``'s shards until producers take them.
///
/// Layout: one ``RingProducer`` every 128 bytes, so that two producers never write the same pair of cache lines.
///
/// Protocol. Each index is either in the list of free shards, or owned by exactly one ``ShardProducer``. Only the owner uses the
/// end at this index. The list's lock orders the last push of one owner before the first push of the next.
@usableFromInline
final class ShardStorage: Sendable {
    @usableFromInline static let stride: UInt = 128

    /// The address of the block. It is a number, since a pointer is not `Sendable`. The protocol above makes sharing it safe.
    @usableFromInline let address: UInt
    let shardCount: Int
    private let free: Mutex<[Int]>

    /// - Parameter makeProducer: called once for each shard; returns its filling end
    init(shardCount: Int, _ makeProducer: (Int) -> RingProducer) {
        precondition(MemoryLayout<RingProducer>.size <= Int(Self.stride), "a filling end fits into its place")
        self.shardCount = shardCount
        // The lowest index comes last, since the last is handed out first. The list never grows beyond this.
        free = Mutex(Array((0..<shardCount).reversed()))
        let block = UnsafeMutableRawPointer.allocate(byteCount: shardCount * Int(Self.stride), alignment: 128)
        address = UInt(bitPattern: block)
        for index in 0..<shardCount {
            // In bounds: below the shard count.
            unsafe Self.producer(at: address + UInt(index) * Self.stride).initialize(to: makeProducer(index))
        }
    }

    deinit {
        // `init` created every end, and no owner is left, since each holds a reference to this object.
        for index in 0..<shardCount {
            unsafe Self.producer(at: address + UInt(index) * Self.stride).deinitialize(count: 1)
        }
        unsafe UnsafeMutableRawPointer(bitPattern: address)?.deallocate()
    }

    @inlinable static func producer(at address: UInt) -> UnsafeMutablePointer<RingProducer> {
        // Never nil: the address is inside an allocated block.
        unsafe UnsafeMutablePointer(bitPattern: address).unsafelyUnwrapped
    }

    var freeCount: Int { free.withLock { $0.count } }

    /// Takes a free shard, which the caller then owns.
    func take() -> Int? { free.withLock { $0.popLast() } }

    @usableFromInline func giveBack(_ index: Int) { free.withLock { $0.append(index) } }
}
