public import StatsModel
public import Synchronization

/// A gauge of which the next flush sends the latest value. Made once by ``LocalAggregator/gauge(_:)``; any number of
/// threads may hold copies and set it at once.
///
/// Changes (`+1`) are not aggregated, since only the server knows what they change. The first one ends the gauge's
/// aggregation for good: from then on everything passes through, in order, after the value that was still waiting.
@frozen
public struct AggregatedGauge: Sendable {
    @usableFromInline package let storage: AggregateStorage
    /// The cell in the first stripe; made by the storage, so it is inside it. Gauges use no other stripe: there is
    /// only one latest value.
    @usableFromInline package let cell: UInt
    @usableFromInline package let metric: MetricID

    package init(_ storage: AggregateStorage, cell: UInt, metric: MetricID) {
        self.storage = storage
        self.cell = cell
        self.metric = metric
    }

    /// Sets the value. Whoever stores last is the latest. O(1), never allocates; wait-free.
    ///
    /// - Parameter timestamp: nanoseconds since 1970. Of two threads that set at the same moment, one's value may go out
    ///   with the other's time.
    @inlinable public func set(_ value: Double, timestamp: Int64) -> AggregateResult {
        if Self.passes(cell) { return passThrough() }
        Self.store(value, timestamp: timestamp, in: cell)
        return .aggregated
    }

    /// A change of the gauge is about to be sent: ends the aggregation, and says what has to be sent before.
    @inline(never)
    public func change() -> AggregateResult {
        Self.endAggregation(cell)
        return passThrough()
    }

    /// A value that another thread stored while the aggregation ended may still wait: it goes first, always.
    @inline(never) @usableFromInline
    package func passThrough() -> AggregateResult {
        guard let record = Self.take(cell, metric) else { return .passThrough }
        return .passThroughAfter(record)
    }

    /// Whether the gauge's aggregation has ended.
    @inlinable package static func passes(_ cell: UInt) -> Bool {
        // Inside the cell; the storage lives as long as whoever asks holds the handle or the aggregator.
        unsafe AggregateStorage.word(cell &+ AggregateStorage.passesOffset).pointee.load(ordering: .acquiring) != 0
    }

    package static func endAggregation(_ cell: UInt) {
        unsafe AggregateStorage.word(cell &+ AggregateStorage.passesOffset).pointee.store(1, ordering: .releasing)
    }

    @inlinable package static func store(_ value: Double, timestamp: Int64, in cell: UInt) {
        // All inside the cell. The value first: see the storage's protocol.
        unsafe AggregateStorage.word(cell &+ AggregateStorage.latestOffset)
            .pointee.store(value.bitPattern, ordering: .relaxed)
        unsafe AggregateStorage.word(cell &+ AggregateStorage.timeOffset)
            .pointee.store(UInt64(bitPattern: timestamp), ordering: .relaxed)
        unsafe AggregateStorage.word(cell &+ AggregateStorage.recordsOffset).pointee.wrappingAdd(1, ordering: .releasing)
    }

    /// The latest value, where it was set since this was last asked.
    package static func take(_ cell: UInt, _ metric: MetricID) -> AggregateRecord? {
        let count = AggregateStorage.take(cell + AggregateStorage.recordsOffset)
        if count == 0 { return nil }
        // Both inside the cell; at least as new as the last record counted, since they were stored before that.
        let bits = unsafe AggregateStorage.word(cell + AggregateStorage.latestOffset).pointee.load(ordering: .relaxed)
        let time = unsafe AggregateStorage.word(cell + AggregateStorage.timeOffset).pointee.load(ordering: .relaxed)
        let value = AggregateValue.gauge(latest: Double(bitPattern: bits), timestamp: Int64(bitPattern: time))
        return AggregateRecord(metric: metric, value: value, recordCount: count)
    }
}
