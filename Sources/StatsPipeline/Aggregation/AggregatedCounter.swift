import StatsModel
public import Synchronization

/// A counter that adds up in place until the next flush. Create it once with ``LocalAggregator/counter(_:)``. Any number of
/// threads may hold copies and add at the same time.
@frozen
public struct AggregatedCounter: Sendable {
    /// The largest value that is added as an integer.
    @usableFromInline package static let wholeLimit = 1_048_576.0

    @usableFromInline package let storage: AggregateStorage
    /// The address of the cell in the first stripe. The storage computed it, so it is inside the storage.
    @usableFromInline package let cell: UInt
    @usableFromInline package let stripeStride: UInt
    @usableFromInline package let stripeMask: UInt

    package init(_ storage: AggregateStorage, cell: UInt) {
        self.storage = storage
        self.cell = cell
        stripeStride = storage.stripeStride
        stripeMask = UInt(storage.stripeCount - 1)
    }

    /// Adds one. O(1), wait-free: a single atomic addition.
    ///
    /// - Parameter stripe: any number that stays the same for a thread, such as the number of its producer. Threads with
    ///   different numbers do not slow each other down.
    @inlinable public func increment(stripe: Int = 0) {
        // Inside the block, by the mask. The storage lives as long as this handle.
        unsafe AggregateStorage.word(address(stripe) &+ AggregateStorage.onesOffset)
            .pointee.wrappingAdd(1, ordering: .relaxed)
    }

    /// Adds `value / rate`. Whole numbers up to 2^20 are summed exactly as integers, and all others as Double.
    ///
    /// - Parameters:
    ///   - rate: the sample rate; traps outside (0, 1]
    ///   - stripe: see ``increment(stripe:)``
    /// - Returns: `.passThrough` for a value without a sum (NaN or infinite), which must be sent by itself
    ///
    /// O(1), never allocates, lock-free.
    @inlinable public func add(_ value: Double, rate: Double = 1, stripe: Int = 0) -> AggregateResult {
        if value == 1, rate == 1 {
            increment(stripe: stripe)
            return .aggregated
        }
        return Self.addOther(value, rate: rate, cell: address(stripe))
    }

    @inlinable package func address(_ stripe: Int) -> UInt {
        cell &+ (UInt(bitPattern: stripe) & stripeMask) &* stripeStride
    }

    /// Adds a value other than one. `cell` is the cell of the caller's stripe.
    @inlinable package static func addOther(_ value: Double, rate: Double, cell: UInt) -> AggregateResult {
        precondition(rate > 0 && rate <= 1, "a sample rate is above 0 and at most 1")
        // A division costs as much as the addition it prepares.
        let weighted = rate == 1 ? value : value / rate
        // NaN is not below the limit either.
        if weighted.magnitude <= Self.wholeLimit {
            let whole = Int64(weighted)
            if Double(whole) == weighted {
                addWhole(whole, cell: cell)
                return .aggregated
            }
        }
        guard weighted.isFinite else { return .passThrough }
        // Both are inside the cell. The storage lives as long as this handle. The value comes first: see the storage's protocol.
        AggregateStorage.add(weighted, to: cell &+ AggregateStorage.fractionOffset)
        unsafe AggregateStorage.word(cell &+ AggregateStorage.recordsOffset).pointee.wrappingAdd(1, ordering: .releasing)
        return .aggregated
    }

    /// Adds the value and its record in one addition. The upper 40 bits of the word hold the sum, and the lower 24 bits the
    /// number of records. A thread that finds one of them at half of its capacity moves both to words of their own. Values are at
    /// most 2^20, so the rest of the capacity is enough for a quarter of a million further additions before the move.
    @inlinable package static func addWhole(_ whole: Int64, cell: UInt) {
        let packed = UInt64(bitPattern: whole) << AggregateStorage.packedShift | 1
        // Inside the cell. The storage lives as long as this handle.
        let sum = unsafe AggregateStorage.word(cell &+ AggregateStorage.packedOffset)
            .pointee.wrappingAdd(packed, ordering: .relaxed).newValue
        if AggregateStorage.isHalfFull(sum) { AggregateStorage.spill(cell) }
    }
}
