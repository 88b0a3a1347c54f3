import CLinuxNet

/// A `Mutex` that survives `fork()`: the child finds it free and its value whole, whatever other threads of the parent were
/// doing (`clinuxnet_lock_make`). The standard library's own would stay locked in the child by a thread that is not there, and
/// remembers the parent's thread number as its owner.
///
/// No body may fork.
// Safe, and Sendable without the compiler's proof: the value is reached inside ``withLock(_:)`` alone, by one thread at a time, and
// was sent here.
@safe package struct ForkSafeMutex<Value: ~Copyable>: ~Copyable, @unchecked Sendable {
    private let lock: OpaquePointer
    private let value: UnsafeMutablePointer<Value>

    package init(_ value: consuming sending Value) {
        unsafe lock = clinuxnet_lock_make()
        unsafe self.value = .allocate(capacity: 1)
        unsafe self.value.initialize(to: value)
    }

    deinit {
        // Nobody is inside: whoever calls `withLock` holds this value.
        unsafe value.deinitialize(count: 1)
        unsafe value.deallocate()
        unsafe clinuxnet_lock_free(lock)
    }

    /// Calls `body` while no other thread is inside. Not reentrant.
    package borrowing func withLock<Result: ~Copyable, Failure: Error>(
        _ body: (inout sending Value) throws(Failure) -> sending Result
    ) throws(Failure) -> sending Result {
        unsafe clinuxnet_lock_take(lock)
        defer { unsafe clinuxnet_lock_give(lock) }
        // Initialized until `deinit`, and this thread's alone until the lock is given back.
        return try unsafe body(&value.pointee)
    }
}
