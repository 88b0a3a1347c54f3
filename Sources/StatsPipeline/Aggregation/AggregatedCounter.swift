import StatsModel
public import Synchronization

/// A counter that adds up in place until the next flush. Made once by ``LocalAggregator/counter(_:)``; any number of
/// threads may hold copies and add at once.
@frozen
public struct AggregatedCounter: Sendable {
    /// Whole values up to this are added as integers.
    @usableFromInline package static let wholeLimit = 1_048_576.0

    @usableFromInline package let storage: AggregateStorage
    /// The cell in the first stripe; made by the storage, so it is inside it.
    @usableFromInline package let cell: UInt
    @usableFromInline package let stripeStride: UInt
    @usableFromInline package let stripeMask: UInt

    package init(_ storage: AggregateStorage, cell: UInt) {
        self.storage = storage
        self.cell = cell
        stripeStride = storage.stripeStride
        stripeMask = UInt(storage.stripeCount - 1)
    }

    /// Counts one. O(1), wait-free: a single atomic addition.
    ///
    /// - Parameter stripe: any number that is the same for one thread, such as the number of its producer; threads with
    ///   different ones do not slow each other down
    @inlinable public func increment(stripe: Int = 0) {
        // Inside the block, by the mask; the storage lives as long as this handle.
        unsafe AggregateStorage.word(address(stripe) &+ AggregateStorage.onesOffset)
            .pointee.wrappingAdd(1, ordering: .relaxed)
    }

    /// Adds `value / rate`. Whole numbers up to 2^20 are summed exactly as integers, all others as Double.
    ///
    /// - Parameters:
    ///   - rate: the sample rate in (0, 1]; else traps
    ///   - stripe: see ``increment(stripe:)``
    /// - Returns: `.passThrough` for what has no sum (not a number, infinite): it is to be sent on its own
    ///
    /// O(1), never allocates; lock-free.
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

    /// What is not exactly one. `cell` is that of the caller's stripe.
    @inlinable package static func addOther(_ value: Double, rate: Double, cell: UInt) -> AggregateResult {
        precondition(rate > 0 && rate <= 1, "a sample rate is above 0 and at most 1")
        // A division costs as much as the addition it prepares.
        let weighted = rate == 1 ? value : value / rate
        // Not a number is not below the limit either.
        if weighted.magnitude <= Self.wholeLimit {
            let whole = Int64(weighted)
            if Double(whole) == weighted {
                addWhole(whole, cell: cell)
                return .aggregated
            }
        }
        guard weighted.isFinite else { return .passThrough }
        // Both inside the cell; the storage lives as long as this handle. The value first: see the storage's protocol.
        AggregateStorage.add(weighted, to: cell &+ AggregateStorage.fractionOffset)
        unsafe AggregateStorage.word(cell &+ AggregateStorage.recordsOffset).pointee.wrappingAdd(1, ordering: .releasing)
        return .aggregated
    }

    /// One addition for the value and its record: the sum stands in the upper 40 bits of a word, the records in the
    /// lower 24. At half of what either can hold, whoever sees it moves both to words of their own; values are at most
    /// 2^20, so the other half is more than a quarter of a million additions that may happen before it does.
    @inlinable package static func addWhole(_ whole: Int64, cell: UInt) {
        let packed = UInt64(bitPattern: whole) << AggregateStorage.packedShift | 1
        // Inside the cell; the storage lives as long as this handle.
        let sum = unsafe AggregateStorage.word(cell &+ AggregateStorage.packedOffset)
            .pointee.wrappingAdd(packed, ordering: .relaxed).newValue
        if AggregateStorage.isHalfFull(sum) { AggregateStorage.spill(cell) }
    }
}
