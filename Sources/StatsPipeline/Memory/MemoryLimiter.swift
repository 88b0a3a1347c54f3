public import Synchronization

/// An account of bytes that cannot be overdrawn: what does not fit is refused before it is added.
///
/// Shared by any number of threads. Reserving is one compare-and-exchange, so between the check and the addition
/// nobody can come.
public final class MemoryLimiter: Sendable {
    /// Bytes at most.
    public let limit: Int
    @usableFromInline let reserved = Atomic<Int>(0)
    @usableFromInline let highest = Atomic<Int>(0)
    @usableFromInline let refusedCount = Atomic<UInt64>(0)

    /// - Parameter limit: bytes; at least one
    public init(limit: Int) {
        precondition(limit > 0, "a limit of no bytes at all admits nothing")
        self.limit = limit
    }

    /// Bytes reserved now; never above the limit.
    public var used: Int { reserved.load(ordering: .relaxed) }
    /// The most that was ever reserved at once.
    public var peak: Int { highest.load(ordering: .relaxed) }
    /// How many reservations were refused.
    public var refusals: UInt64 { refusedCount.load(ordering: .relaxed) }
    /// The share of the limit in use, 0 to 1.
    public var usage: Double { Double(used) / Double(limit) }

    /// Reserves that many bytes, or none: false where they would exceed the limit. Traps on a negative number.
    ///
    /// O(1) without contention; lock-free.
    @inlinable public func reserve(_ byteCount: Int) -> Bool {
        precondition(byteCount >= 0, "nobody reserves less than nothing")
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
        refusedCount.wrappingAdd(1, ordering: .relaxed)
        return false
    }

    /// Gives bytes back. Traps where more is given back than is reserved: the account would lie from then on.
    @inlinable public func release(_ byteCount: Int) {
        precondition(byteCount >= 0, "nobody gives back less than nothing")
        let (before, _) = reserved.subtract(byteCount, ordering: .acquiringAndReleasing)
        precondition(before >= byteCount, "no more is given back than was reserved")
    }
}
