import Dispatch

/// Runs independent pieces of work on all cores.
package enum ParallelWork {
    /// Calls `body` once for each number below `count`, on as many threads as the machine has cores. The order is undefined.
    /// Returns when all calls have returned.
    ///
    /// For computations only. It blocks the calling thread, so it must not be called from a task.
    package static func forEach(_ count: Int, _ body: @Sendable (Int) -> Void) {
        DispatchQueue.concurrentPerform(iterations: count, execute: body)
    }
}
