import StatsModel

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A gate where threads sleep until another thread wakes them or their deadline passes.
///
/// It consists of a POSIX mutex and a condition on the monotonic clock, so that setting the date neither prolongs nor shortens a
/// wait. Threads do not spin: on two cores a spinning thread keeps the awaited thread from running.
final class WaitGate: Sendable {
    /// The condition comes after the mutex, on its own cache line.
    private static let conditionOffset: UInt = 128

    /// The address of mutex and condition. It is a number, since a pointer is not `Sendable`. Both are made to be shared, and
    /// neither moves until `deinit`.
    private let address: UInt

    init() {
        precondition(unsafe MemoryLayout<pthread_mutex_t>.size <= Int(Self.conditionOffset), "a mutex fits before it")
        let block = UnsafeMutableRawPointer.allocate(
            byteCount: Int(Self.conditionOffset) + MemoryLayout<pthread_cond_t>.size, alignment: 128)
        address = UInt(bitPattern: block)
        // Both are inside the block allocated above.
        let isMade = unsafe pthread_mutex_init(mutex, nil) == 0 && Self.makeCondition(condition)
        precondition(isMade, "the system has memory for a lock")
    }

    deinit {
        // No thread waits any more, since each waiting thread holds a reference to this object.
        _ = unsafe pthread_cond_destroy(condition)
        _ = unsafe pthread_mutex_destroy(mutex)
        unsafe UnsafeMutableRawPointer(bitPattern: address)?.deallocate()
    }

    /// Sleeps while `mustWait` returns true, but not beyond the deadline. Returns true if the deadline ended the wait.
    ///
    /// - Parameter mustWait: called with the lock held, before sleeping and after each wake-up
    func wait(until deadline: WaitDeadline, while mustWait: () -> Bool) -> Bool {
        // `init` created the lock, and it is unlocked below.
        _ = unsafe pthread_mutex_lock(mutex)
        var isLate = false
        while mustWait(), !isLate { isLate = sleep(until: deadline) }
        _ = unsafe pthread_mutex_unlock(mutex)
        return isLate
    }

    /// Wakes one sleeping thread, if there is any.
    func wakeOne() {
        // A thread that just found that it must wait still holds the lock. Taking the lock waits until this thread sleeps.
        _ = unsafe pthread_mutex_lock(mutex)
        _ = unsafe pthread_cond_signal(condition)
        _ = unsafe pthread_mutex_unlock(mutex)
    }

    private var mutex: UnsafeMutablePointer<pthread_mutex_t> {
        // Never nil: the address of an allocated block.
        unsafe UnsafeMutablePointer(bitPattern: address).unsafelyUnwrapped
    }

    private var condition: UnsafeMutablePointer<pthread_cond_t> {
        // Never nil: the address is inside the allocated block.
        unsafe UnsafeMutablePointer(bitPattern: address + Self.conditionOffset).unsafelyUnwrapped
    }

    #if canImport(Glibc)
        private static func makeCondition(_ condition: UnsafeMutablePointer<pthread_cond_t>) -> Bool {
            var attributes = pthread_condattr_t()
            // The attributes are local, and live until the end of this function.
            guard unsafe pthread_condattr_init(&attributes) == 0 else { return false }
            defer { _ = unsafe pthread_condattr_destroy(&attributes) }
            return unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) == 0
                && pthread_cond_init(condition, &attributes) == 0
        }

        /// Sleeps with the lock held. Returns whether the deadline has passed.
        private func sleep(until deadline: WaitDeadline) -> Bool {
            var time = deadline.time
            return unsafe pthread_cond_timedwait(condition, mutex, &time) == ETIMEDOUT
        }
    #elseif canImport(Darwin)
        private static func makeCondition(_ condition: UnsafeMutablePointer<pthread_cond_t>) -> Bool {
            unsafe pthread_cond_init(condition, nil) == 0
        }

        /// Sleeps with the lock held. Returns whether the deadline has passed.
        private func sleep(until deadline: WaitDeadline) -> Bool {
            var time = deadline.remaining
            return unsafe pthread_cond_timedwait_relative_np(condition, mutex, &time) == ETIMEDOUT
        }
    #endif
}
