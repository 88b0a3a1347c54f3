public import StatsModel
public import Synchronization

/// A gauge whose latest value is sent by the next flush. Create it once with ``LocalAggregator/gauge(_:)``. Any number of threads
/// may hold copies and set it at the same time.
///
/// Changes (`+1`) are not aggregated, since only the server knows the level that they change. The first change ends the gauge's
/// aggregation for good. The value that was still waiting is sent, and from then on every event passes through in order.
@frozen
public struct AggregatedGauge: Sendable {
    @usableFromInline package let storage: AggregateStorage
    /// The address of the cell in the first stripe. The storage computed it, so it is inside the storage. A gauge uses no other
    /// stripe, since there is only one latest value.
    @usableFromInline package let cell: UInt
    @usableFromInline package let metric: MetricID

    package init(_ storage: AggregateStorage, cell: UInt, metric: MetricID) {
        self.storage = storage
        self.cell = cell
        self.metric = metric
    }

    /// Sets the value. The thread that stores last sets the latest value. O(1), never allocates, wait-free.
    ///
    /// - Parameter timestamp: nanoseconds since 1970. If two threads set the gauge at the same moment, the value of one may be
    ///   sent with the time of the other.
    @inlinable public func set(_ value: Double, timestamp: Int64) -> AggregateResult {
        if Self.passes(cell) { return passThrough() }
        Self.store(value, timestamp: timestamp, in: cell)
        return .aggregated
    }

    /// Ends the aggregation, because a change of the gauge will be sent. Returns what must be sent before it.
    @inline(never)
    public func change() -> AggregateResult {
        Self.endAggregation(cell)
        return passThrough()
    }

    /// Another thread may have stored a value while the aggregation ended. This value must always go first.
    @inline(never) @usableFromInline
    package func passThrough() -> AggregateResult {
        guard let record = Self.take(cell, metric) else { return .passThrough }
        return .passThroughAfter(record)
    }

    /// Whether the gauge's aggregation has ended.
    @inlinable package static func passes(_ cell: UInt) -> Bool {
        // Inside the cell. The storage lives as long as the caller's handle or aggregator.
        unsafe AggregateStorage.word(cell &+ AggregateStorage.passesOffset).pointee.load(ordering: .acquiring) != 0
    }

    package static func endAggregation(_ cell: UInt) {
        unsafe AggregateStorage.word(cell &+ AggregateStorage.passesOffset).pointee.store(1, ordering: .releasing)
    }

    @inlinable package static func store(_ value: Double, timestamp: Int64, in cell: UInt) {
        // All are inside the cell. The value comes first: see the storage's protocol.
        unsafe AggregateStorage.word(cell &+ AggregateStorage.latestOffset)
            .pointee.store(value.bitPattern, ordering: .relaxed)
        unsafe AggregateStorage.word(cell &+ AggregateStorage.timeOffset)
            .pointee.store(UInt64(bitPattern: timestamp), ordering: .relaxed)
        unsafe AggregateStorage.word(cell &+ AggregateStorage.recordsOffset).pointee.wrappingAdd(1, ordering: .releasing)
    }

    /// The latest value, if it was set since the last call.
    package static func take(_ cell: UInt, _ metric: MetricID) -> AggregateRecord? {
        let count = AggregateStorage.take(cell + AggregateStorage.recordsOffset)
        if count == 0 { return nil }
        // Both are inside the cell. They are at least as new as the last counted record, since they were stored before it.
        let bits = unsafe AggregateStorage.word(cell + AggregateStorage.latestOffset).pointee.load(ordering: .relaxed)
        let time = unsafe AggregateStorage.word(cell + AggregateStorage.timeOffset).pointee.load(ordering: .relaxed)
        let value = AggregateValue.gauge(latest: Double(bitPattern: bits), timestamp: Int64(bitPattern: time))
        return AggregateRecord(metric: metric, value: value, recordCount: count)
    }
}
