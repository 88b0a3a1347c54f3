import StatsModel
public import Synchronization

/// A timing, histogram or distribution whose count, sum, minimum and maximum are sent by the next flush. Create it once with
/// ``LocalAggregator/summary(_:)``. Any number of threads may hold copies and record at the same time.
@frozen
public struct AggregatedSummary: Sendable {
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

    /// Adds one value to the summary.
    ///
    /// - Parameters:
    ///   - rate: the sample rate; traps outside (0, 1]
    ///   - stripe: see ``AggregatedCounter/increment(stripe:)``
    /// - Returns: `.passThrough` if another thread is using this cell, or if the value is not finite. The value must then be sent
    ///   by itself, which is always correct and never waits.
    ///
    /// O(1), never allocates.
    @inlinable public func record(_ value: Double, rate: Double = 1, stripe: Int = 0) -> AggregateResult {
        precondition(rate > 0 && rate <= 1, "a sample rate is above 0 and at most 1")
        let cell = cell &+ (UInt(bitPattern: stripe) & stripeMask) &* stripeStride
        return Self.record(value, rate: rate, cell: cell)
    }

    /// The same in the cell of the caller's stripe.
    @inlinable package static func record(_ value: Double, rate: Double, cell: UInt) -> AggregateResult {
        let weighted = rate == 1 ? value : value / rate
        guard weighted.isFinite, enter(cell) else { return .passThrough }
        add(ValueSummary(count: 1 / rate, sum: weighted, minimum: value, maximum: value), to: cell)
        leave(cell)
        return .aggregated
    }

    /// Tries to enter the cell. If it returns true, the cell belongs to the caller until ``leave(_:)``.
    @inlinable package static func enter(_ cell: UInt) -> Bool {
        // Inside the cell. The storage lives as long as the caller's handle or aggregator.
        unsafe AggregateStorage.word(cell &+ AggregateStorage.busyOffset)
            .pointee.compareExchange(expected: 0, desired: 1, ordering: .acquiring).exchanged
    }

    @inlinable package static func leave(_ cell: UInt) {
        unsafe AggregateStorage.word(cell &+ AggregateStorage.busyOffset).pointee.store(0, ordering: .releasing)
    }

    /// Adds to the cell, which the caller has entered: no other thread reads or writes these words.
    @inlinable package static func add(_ other: ValueSummary, to cell: UInt) {
        let records = get(cell &+ AggregateStorage.recordsOffset)
        let sum = records == 0 ? other : summary(cell) + other
        put(records &+ 1, cell &+ AggregateStorage.recordsOffset)
        put(sum.count.bitPattern, cell &+ AggregateStorage.countOffset)
        put(sum.sum.bitPattern, cell &+ AggregateStorage.sumOffset)
        put(sum.minimum.bitPattern, cell &+ AggregateStorage.minimumOffset)
        put(sum.maximum.bitPattern, cell &+ AggregateStorage.maximumOffset)
    }

    /// The summary in the cell, which the caller has entered.
    @inlinable package static func summary(_ cell: UInt) -> ValueSummary {
        ValueSummary(
            count: Double(bitPattern: get(cell &+ AggregateStorage.countOffset)),
            sum: Double(bitPattern: get(cell &+ AggregateStorage.sumOffset)),
            minimum: Double(bitPattern: get(cell &+ AggregateStorage.minimumOffset)),
            maximum: Double(bitPattern: get(cell &+ AggregateStorage.maximumOffset)))
    }

    /// Takes the summary in a cell and the number of its records. nil if there is none, or if another thread is in the cell.
    /// `isBusy` is then true, and the next flush takes it.
    package static func take(_ cell: UInt, isBusy: inout Bool) -> (summary: ValueSummary, records: UInt64)? {
        guard enter(cell) else {
            isBusy = true
            return nil
        }
        defer { leave(cell) }
        let records = get(cell + AggregateStorage.recordsOffset)
        if records == 0 { return nil }
        put(0, cell + AggregateStorage.recordsOffset)
        return (summary(cell), records)
    }

    @inlinable package static func get(_ address: UInt) -> UInt64 {
        // Inside a cell that the caller has entered. Entering orders the accesses, so relaxed loads are enough.
        unsafe AggregateStorage.word(address).pointee.load(ordering: .relaxed)
    }

    @inlinable package static func put(_ bits: UInt64, _ address: UInt) {
        unsafe AggregateStorage.word(address).pointee.store(bits, ordering: .relaxed)
    }
}
