import CLinuxNet

/// A `Mutex` that survives `fork()`: the child finds it unlocked and its value complete, whatever other threads of the parent
/// were doing (`clinuxnet_lock_make`). The standard library's `Mutex` would stay locked in the child by a thread that does not
/// exist there, since it stores the parent's thread number as its owner.
///
/// No body may fork.
///
/// The compiler cannot prove that this type is safe and `Sendable`. It is both: only ``withLock(_:)`` reaches the value, for one
/// thread at a time. `init` takes the value as `sending`, so no other reference to it remains.
@safe package struct ForkSafeMutex<Value: ~Copyable>: ~Copyable, @unchecked Sendable {
    private let lock: OpaquePointer
    private let value: UnsafeMutablePointer<Value>

    package init(_ value: consuming sending Value) {
        unsafe lock = clinuxnet_lock_make()
        unsafe self.value = .allocate(capacity: 1)
        unsafe self.value.initialize(to: value)
    }

    deinit {
        // No thread is inside, since every caller of `withLock` holds this value.
        unsafe value.deinitialize(count: 1)
        unsafe value.deallocate()
        unsafe clinuxnet_lock_free(lock)
    }

    /// Calls `body` while no other thread is inside. It must not be called again from inside `body`.
    package borrowing func withLock<Result: ~Copyable, Failure: Error>(
        _ body: (inout sending Value) throws(Failure) -> sending Result
    ) throws(Failure) -> sending Result {
        unsafe clinuxnet_lock_take(lock)
        defer { unsafe clinuxnet_lock_give(lock) }
        // The value exists until `deinit`, and belongs to this thread until the lock is released.
        return try unsafe body(&value.pointee)
    }
}
