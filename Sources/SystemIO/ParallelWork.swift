import Dispatch

/// Independent pieces of work on all cores.
package enum ParallelWork {
    /// Calls `body` once for each number below `count`, as many at a time as the machine has cores, in no order that
    /// anyone may rely on; returns when all have returned.
    ///
    /// For work that computes. It blocks the calling thread, so it does not belong into a task.
    package static func forEach(_ count: Int, _ body: @Sendable (Int) -> Void) {
        DispatchQueue.concurrentPerform(iterations: count, execute: body)
    }
}
