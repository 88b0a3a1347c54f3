package import StatsModel
import Synchronization

/// Adds up events in the client, and hands over the sums at each flush.
///
/// | type | between two flushes | a flush gives |
/// |---|---|---|
/// | counter | sum of `value / rate` | the sum |
/// | gauge | the latest value | the value; changes (`+1`) pass through |
/// | timing, histogram, distribution | nothing, or count, sum, minimum, maximum | the summary |
/// | set | each member once, and the number of its events | the members |
/// | event, service check | nothing | nothing: they pass through |
///
/// The law: the sum over all flushes equals the sum of all records, however many threads record during a flush. Nothing is read
/// and then reset. Words are exchanged atomically.
///
/// Handles (``counter(_:)``, ``gauge(_:)``, ``summary(_:)``) are created once for each metric, and record without a look-up. Any
/// number of threads may use all of it at the same time.
///
/// Memory: ``AggregatorConfiguration/memoryUse``, allocated once (with the default configuration 496 KiB).
package final class LocalAggregator: Sendable {
    package let configuration: AggregatorConfiguration
    let storage: AggregateStorage
    private let members: DistinctMembers
    /// One more than the highest registered metric. A flush does not look beyond it.
    let registered = Atomic<Int>(0)

    /// Traps if ``AggregatorConfiguration/validate()`` would throw.
    package init(configuration: AggregatorConfiguration = AggregatorConfiguration()) {
        do {
            try configuration.validate()
        } catch {
            preconditionFailure("the aggregator's configuration is out of range: \(error)")
        }
        self.configuration = configuration
        storage = AggregateStorage(metricLimit: configuration.metricLimit, stripeCount: configuration.stripeCount)
        members = DistinctMembers(limit: configuration.memberLimit, byteLimit: configuration.memberByteLimit)
    }

    /// The counter's handle. nil if the metric's number is beyond the limit. Its events must then be sent by themselves.
    package func counter(_ metric: MetricID) -> AggregatedCounter? {
        cell(of: metric, .counter).map { AggregatedCounter(storage, cell: $0) }
    }

    /// The gauge's handle. nil if the metric's number is beyond the limit.
    package func gauge(_ metric: MetricID) -> AggregatedGauge? {
        cell(of: metric, .gauge).map { AggregatedGauge(storage, cell: $0, metric: metric) }
    }

    /// The summary's handle. nil if the metric's number is beyond the limit, or if timings pass through.
    package func summary(_ metric: MetricID) -> AggregatedSummary? {
        cell(of: metric, .timing).map { AggregatedSummary(storage, cell: $0) }
    }

    /// The address of the metric's cell in the first stripe. nil if its events are sent by themselves. The first call decides the
    /// metric's type.
    package func cell(of metric: MetricID, _ type: MetricType) -> UInt? {
        switch type {
        case .counter: register(metric, .counter)
        case .gauge: register(metric, .gauge)
        case .timing, .histogram, .distribution:
            switch configuration.timings {
            case .passThrough: nil
            case .summarise: register(metric, .summary)
            }
        case .set, .event, .serviceCheck: nil
        }
    }

    /// The distance from a cell to the same metric's cell in the next stripe, and the number of stripes less one.
    package var stripes: (stride: UInt, mask: UInt) { (storage.stripeStride, UInt(storage.stripeCount - 1)) }

    /// Takes the gauge's latest value if it waits for a flush.
    func takeWaiting(_ gauge: MetricID) -> AggregateRecord? {
        register(gauge, .gauge).flatMap { AggregatedGauge.take($0, gauge) }
    }

    /// Records one event of a client without handles, except for set members.
    ///
    /// An event with its own timestamp passes through, because a flush has another time. O(1).
    package func record(_ event: StatEvent, type: MetricType, stripe: Int = 0) -> AggregateResult {
        if event.flags.contains(.explicitTimestamp) { return .passThrough }
        switch type {
        case .counter:
            return counter(event.metric)?.add(event.value, rate: event.rate, stripe: stripe) ?? .passThrough
        case .gauge:
            guard let gauge = gauge(event.metric) else { return .passThrough }
            return event.flags.contains(.gaugeDelta) ? gauge.change() : gauge.set(event.value, timestamp: event.timestamp)
        case .timing, .histogram, .distribution:
            return summary(event.metric)?.record(event.value, rate: event.rate, stripe: stripe) ?? .passThrough
        case .set, .event, .serviceCheck:
            return .passThrough
        }
    }

    /// Records one member of a set. Returns `.passThrough` if there is no room to keep it. O(its bytes), takes a lock.
    ///
    /// - Parameters:
    ///   - bytes: the buffer with the member
    ///   - range: the member's range in this buffer
    package func recordMember(_ metric: MetricID, _ bytes: Span<UInt8>, _ range: Range<Int>) -> AggregateResult {
        members.record(metric, bytes, range) ? .aggregated : .passThrough
    }

    /// Begins a new interval for sets. Returns the number of members in the last one. Part of a flush.
    func flushMembers() -> Int { members.beginFlush() }

    /// A member of the ended interval for sets: its set, the number of its events, and its bytes.
    func withMember<Result>(_ number: Int, _ body: (MetricID, UInt64, Span<UInt8>) -> Result) -> Result {
        members.withFlushed(number, body)
    }

    /// The metric's cell, which has this kind from now on. Traps if it was registered with another kind.
    private func register(_ metric: MetricID, _ kind: AggregateStorage.Kind) -> UInt? {
        guard metric.index < configuration.metricLimit else { return nil }
        let cell = storage.cell(metric.index)
        // The first word of the cell, inside the block. A load is nearly always enough, at a fifth of the cost.
        if unsafe AggregateStorage.word(cell).pointee.load(ordering: .relaxed) != kind.rawValue {
            let (isFirst, before) = unsafe AggregateStorage.word(cell).pointee.compareExchange(
                expected: 0, desired: kind.rawValue, ordering: .relaxed)
            precondition(isFirst || before == kind.rawValue, "a metric is registered under one type only")
        }
        // The thread that comes second does this too: a flush must reach its records from now on.
        if registered.load(ordering: .relaxed) <= metric.index {
            registered.max(metric.index + 1, ordering: .releasing)
        }
        return cell
    }
}
