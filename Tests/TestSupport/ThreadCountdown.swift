import CAllocationCount
import Synchronization

/// What the threads of one test know of each other: who is done, and whether it takes suspiciously long, so that a
/// fault shows as a failure instead of a test that never ends.
package final class ThreadCountdown: Sendable {
    private let left: Atomic<Int>
    private let begin = ContinuousClock.now

    package init(threads: Int) { left = Atomic(threads) }

    /// A thread will touch nothing any more.
    package func finish() { left.subtract(1, ordering: .releasing) }

    package var isDone: Bool { left.load(ordering: .acquiring) == 0 }

    /// How often a thread is to do something that every thread does very often: less under a sanitizer, which makes each
    /// change of thread slow.
    package static func share(_ count: Int) -> Int { isWatched ? max(1, count / 50) : count }

    /// A sanitizer stands in front of the heap, and between the threads.
    private static var isWatched: Bool { callocationcount_of_thread() < 0 }

    /// Whether far more time has passed than the test needs on a busy machine.
    package var isOverdue: Bool { ContinuousClock.now - begin > (Self.isWatched ? .seconds(50) : .seconds(20)) }
}
