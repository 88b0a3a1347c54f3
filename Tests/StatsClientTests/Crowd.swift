import Synchronization

/// What the threads of one test know of each other: who is done, and whether it takes suspiciously long, so that a
/// fault shows as a failure instead of a test that never ends.
final class Crowd: Sendable {
    private let left: Atomic<Int>
    private let begin = ContinuousClock.now

    init(threads: Int) { left = Atomic(threads) }

    /// A thread will touch nothing any more.
    func finish() { left.subtract(1, ordering: .releasing) }

    var isDone: Bool { left.load(ordering: .acquiring) == 0 }

    /// Whether far more time has passed than the test needs on a busy machine.
    var isOverdue: Bool { ContinuousClock.now - begin > .seconds(20) }
}
