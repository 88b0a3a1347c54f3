import StatsModel

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Where threads sleep until another says that it is worth looking again, or until their time is up.
///
/// A POSIX mutex and condition on the monotonic clock, so that setting the date neither prolongs nor cuts a wait.
/// Nobody spins: on two cores a spinning thread keeps the one it waits for from running.
final class WaitGate: Sendable {
    /// The condition behind the mutex, on a line of its own.
    private static let conditionOffset: UInt = 128

    /// Where mutex and condition stand. A number, because a pointer may not cross threads on its own word; both are
    /// made for exactly that, and neither moves until `deinit`.
    private let address: UInt

    init() {
        precondition(unsafe MemoryLayout<pthread_mutex_t>.size <= Int(Self.conditionOffset), "a mutex fits before it")
        let block = UnsafeMutableRawPointer.allocate(
            byteCount: Int(Self.conditionOffset) + MemoryLayout<pthread_cond_t>.size, alignment: 128)
        address = UInt(bitPattern: block)
        // Both inside the block allocated above.
        let isMade = unsafe pthread_mutex_init(mutex, nil) == 0 && Self.makeCondition(condition)
        precondition(isMade, "the system has memory for a lock")
    }

    deinit {
        // Nobody waits any more: who does holds a reference to this object.
        _ = unsafe pthread_cond_destroy(condition)
        _ = unsafe pthread_mutex_destroy(mutex)
        unsafe UnsafeMutableRawPointer(bitPattern: address)?.deallocate()
    }

    /// Sleeps while `mustWait` holds, until the deadline at most; says whether it was left because of the deadline.
    ///
    /// - Parameter mustWait: asked with the lock held, before sleeping and after each wake-up
    func wait(until deadline: WaitDeadline, while mustWait: () -> Bool) -> Bool {
        // The lock made in `init`; unlocked below.
        _ = unsafe pthread_mutex_lock(mutex)
        var isLate = false
        while mustWait(), !isLate { isLate = sleep(until: deadline) }
        _ = unsafe pthread_mutex_unlock(mutex)
        return isLate
    }

    /// Wakes one sleeping thread, if there is one.
    func wakeOne() {
        // Taking the lock waits until who just found that it must wait is really asleep.
        _ = unsafe pthread_mutex_lock(mutex)
        _ = unsafe pthread_cond_signal(condition)
        _ = unsafe pthread_mutex_unlock(mutex)
    }

    private var mutex: UnsafeMutablePointer<pthread_mutex_t> {
        // Never nil: the address of an allocated block.
        unsafe UnsafeMutablePointer(bitPattern: address).unsafelyUnwrapped
    }

    private var condition: UnsafeMutablePointer<pthread_cond_t> {
        // Never nil: inside the allocated block.
        unsafe UnsafeMutablePointer(bitPattern: address + Self.conditionOffset).unsafelyUnwrapped
    }

    #if canImport(Glibc)
        private static func makeCondition(_ condition: UnsafeMutablePointer<pthread_cond_t>) -> Bool {
            var attributes = pthread_condattr_t()
            // The attributes are ours and live until the end of this function.
            guard unsafe pthread_condattr_init(&attributes) == 0 else { return false }
            defer { _ = unsafe pthread_condattr_destroy(&attributes) }
            return unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) == 0
                && pthread_cond_init(condition, &attributes) == 0
        }

        /// With the lock held. Whether the deadline has passed.
        private func sleep(until deadline: WaitDeadline) -> Bool {
            var time = deadline.time
            return unsafe pthread_cond_timedwait(condition, mutex, &time) == ETIMEDOUT
        }
    #elseif canImport(Darwin)
        private static func makeCondition(_ condition: UnsafeMutablePointer<pthread_cond_t>) -> Bool {
            unsafe pthread_cond_init(condition, nil) == 0
        }

        /// With the lock held. Whether the deadline has passed.
        private func sleep(until deadline: WaitDeadline) -> Bool {
            var time = deadline.remaining
            return unsafe pthread_cond_timedwait_relative_np(condition, mutex, &time) == ETIMEDOUT
        }
    #endif
}
