import Foundation
import Synchronization

/// A thread that owns a value which cannot be copied, and whose answer is waited for.
package final class RunningThread<Value: ~Copyable & Sendable, Answer: Sendable>: Sendable {
    private let value: Mutex<Value?>
    private let answer = Mutex<Answer?>(nil)
    private let isDone = DispatchSemaphore(value: 0)

    package init(_ value: consuming sending Value, _ body: @escaping @Sendable (inout Value) -> Answer) {
        self.value = Mutex(consume value)
        Thread.detachNewThread { [self] in
            guard var value = self.value.withLock({ $0.take() }) else { return }
            let result = body(&value)
            answer.withLock { $0 = result }
            isDone.signal()
        }
    }

    /// Waits for the end; to be called once.
    package func join() -> Answer {
        isDone.wait()
        guard let result = answer.withLock({ $0 }) else { preconditionFailure("a thread that ended has its answer") }
        return result
    }
}

/// Lets the other thread run; on one processor a spinning loop would otherwise use up its whole time slice.
package func yieldProcessor() {
    sched_yield()
}
