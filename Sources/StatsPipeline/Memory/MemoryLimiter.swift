public import Synchronization

/// An account of bytes that cannot be overdrawn: bytes that do not fit are refused before they are added.
///
/// Any number of threads share it. A reservation is one compare-and-exchange, so no thread can come between the check and the
/// addition.
public final class MemoryLimiter: Sendable {
    /// The largest number of bytes.
    public let limit: Int
    @usableFromInline let reserved = Atomic<Int>(0)
    @usableFromInline let highest = Atomic<Int>(0)

    /// An account of `limit` bytes. Traps unless the limit is at least one byte.
    public init(limit: Int) {
        precondition(limit > 0, "a limit is at least one byte")
        self.limit = limit
    }

    /// The number of bytes reserved now. Never above the limit.
    public var used: Int { reserved.load(ordering: .relaxed) }
    /// The largest number of bytes that were ever reserved at once.
    public var peak: Int { highest.load(ordering: .relaxed) }

    /// Reserves this many bytes. If they would exceed the limit, it reserves none and returns false. Traps for a negative number.
    ///
    /// O(1) without contention. Lock-free.
    @inlinable public func reserve(_ byteCount: Int) -> Bool {
        precondition(byteCount >= 0, "a reservation is not negative")
        var used = reserved.load(ordering: .relaxed)
        while byteCount <= limit - used {
            let (isMine, current) = reserved.weakCompareExchange(
                expected: used, desired: used + byteCount, ordering: .acquiringAndReleasing)
            if isMine {
                _ = highest.max(used + byteCount, ordering: .relaxed)
                return true
            }
            used = current
        }
        return false
    }

    /// Gives bytes back. Traps for a negative number, and if more is given back than was reserved, since the account would be
    /// wrong from then on.
    @inlinable public func release(_ byteCount: Int) {
        precondition(byteCount >= 0, "a returned number of bytes is not negative")
        let (before, _) = reserved.subtract(byteCount, ordering: .acquiringAndReleasing)
        precondition(before >= byteCount, "no more is given back than was reserved")
    }
}
