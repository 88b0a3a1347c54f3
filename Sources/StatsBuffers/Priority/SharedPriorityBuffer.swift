public import StatsModel
import Synchronization

/// A ``PriorityBuffer`` for any number of threads, behind a lock.
///
/// A lock, because what it promises is a promise about all queues at once: between finding the buffer full and
/// evicting for a critical event nobody may come. It is held for the few nanoseconds of one push or pop, never while
/// anything is called or allocated.
public final class SharedPriorityBuffer: Sendable {
    private let buffer: Mutex<PriorityBuffer>
    public let capacity: Int

    /// - Parameter capacity: events of all priorities together; 1 to 2^24, else traps
    public init(capacity: Int) {
        self.capacity = capacity
        buffer = Mutex(PriorityBuffer(capacity: capacity))
    }

    public var count: Int { buffer.withLock { $0.count } }

    /// See ``PriorityBuffer/push(_:priority:)``. O(1).
    public func push(_ event: StatEvent, priority: EventPriority) -> PriorityPushResult {
        buffer.withLock { $0.push(event, priority: priority) }
    }

    /// See ``PriorityBuffer/pop()``. O(1).
    public func pop() -> (event: StatEvent, priority: EventPriority)? {
        buffer.withLock { $0.pop() }
    }
}
