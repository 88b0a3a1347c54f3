public import StatsModel
import Synchronization

/// A ``PriorityBuffer`` with a lock, for any number of threads.
///
/// It needs a lock because its guarantees cover all queues at once: no other thread may come between finding the buffer full and
/// evicting for a critical event. The lock is held for the few nanoseconds of one push or pop, and never while anything is called
/// or allocated.
public final class SharedPriorityBuffer: Sendable {
    private let buffer: Mutex<PriorityBuffer>
    /// The largest number of waiting events.
    public let capacity: Int

    /// - Parameter capacity: the number of events of all priorities together; traps outside 1 to 2^24
    public init(capacity: Int) {
        self.capacity = capacity
        buffer = Mutex(PriorityBuffer(capacity: capacity))
    }

    /// The number of waiting events. A snapshot. Takes the lock.
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
