package import StatsModel
import Synchronization

/// Adds up in the client what would otherwise be one event each, and hands it over at each flush.
///
/// | type | between two flushes | a flush gives |
/// |---|---|---|
/// | counter | sum of `value / rate` | the sum |
/// | gauge | the latest value | it; changes (`+1`) pass through |
/// | timing, histogram, distribution | nothing, or count, sum, minimum, maximum | the summary |
/// | set | each member once, and how often it came | the members |
/// | event, service check | nothing | nothing: they pass through |
///
/// The law: over all flushes, the sum of what they give is the sum of what was recorded, however many threads record
/// while it is flushed. Nothing is read and then reset; it is exchanged.
///
/// Handles (``counter(_:)``, ``gauge(_:)``, ``summary(_:)``) are made once for each metric and record without a
/// lookup. All of it may be used by any number of threads at once.
///
/// Memory: ``AggregatorConfiguration/memoryUse``, allocated once (as it stands: 360 KiB).
package final class LocalAggregator: Sendable {
    package let configuration: AggregatorConfiguration
    let storage: AggregateStorage
    private let members: DistinctMembers
    private let absorbedMembers = Atomic<UInt64>(0)
    /// One more than the highest metric that was registered: as far as a flush has to look.
    let registered = Atomic<Int>(0)

    /// Traps where ``AggregatorConfiguration/validate()`` would throw.
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

    /// The counter's handle; nil where the metric's number is beyond the limit: then its events are to be sent singly.
    package func counter(_ metric: MetricID) -> AggregatedCounter? {
        cell(of: metric, .counter).map { AggregatedCounter(storage, cell: $0) }
    }

    /// The gauge's handle; nil where the metric's number is beyond the limit.
    package func gauge(_ metric: MetricID) -> AggregatedGauge? {
        cell(of: metric, .gauge).map { AggregatedGauge(storage, cell: $0, metric: metric) }
    }

    /// The summary's handle; nil where the metric's number is beyond the limit, or timings pass through.
    package func summary(_ metric: MetricID) -> AggregatedSummary? {
        cell(of: metric, .timing).map { AggregatedSummary(storage, cell: $0) }
    }

    /// Where a handle of that metric adds up, in the first stripe; nil where its events are sent singly. A metric has one
    /// type, the one it is first asked for with.
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

    /// From a cell to the same metric's in the next stripe, and the stripes' number less one.
    package var stripes: (stride: UInt, mask: UInt) { (storage.stripeStride, UInt(storage.stripeCount - 1)) }

    /// The gauge's latest value where it waits for a flush, which it then does no more.
    func takeWaiting(_ gauge: MetricID) -> AggregateRecord? {
        register(gauge, .gauge).flatMap { AggregatedGauge.take($0, gauge) }
    }

    /// Records one event of a client that has no handles, its set members aside.
    ///
    /// An event that states its own timestamp passes through: it speaks of another time than the flush. O(1).
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

    /// Records one member of a set: `.passThrough` where there is no room to keep it. O(its bytes); takes a lock.
    ///
    /// - Parameters:
    ///   - bytes: the buffer that holds the member
    ///   - range: where it stands in there
    package func recordMember(_ metric: MetricID, _ bytes: Span<UInt8>, _ range: Range<Int>) -> AggregateResult {
        guard let count = members.record(metric, bytes, range) else { return .passThrough }
        if count > 1 { absorbedMembers.wrappingAdd(1, ordering: .relaxed) }
        return .aggregated
    }

    /// How many repeated set members were absorbed since the beginning.
    package var absorbed: UInt64 { absorbedMembers.load(ordering: .relaxed) }
    /// How many set members found no room, and were passed on without knowing whether they repeat.
    package var memberOverflow: UInt64 { members.overflow }

    /// Begins a new interval for sets: how many members the last one had. Part of a flush.
    func flushMembers() -> Int { members.beginFlush() }

    /// A member of the interval for sets that ended: its set, how often it came, its bytes.
    func withMember<Result>(_ number: Int, _ body: (MetricID, UInt64, Span<UInt8>) -> Result) -> Result {
        members.withFlushed(number, body)
    }

    /// The cell of that metric, which is of that kind from now on. Traps where it was registered as another.
    private func register(_ metric: MetricID, _ kind: AggregateStorage.Kind) -> UInt? {
        guard metric.index < configuration.metricLimit else { return nil }
        let cell = storage.cell(metric.index)
        // The first word of the cell, inside the block. Nearly always a load will do, at a fifth of the cost.
        if unsafe AggregateStorage.word(cell).pointee.load(ordering: .relaxed) != kind.rawValue {
            let (isFirst, before) = unsafe AggregateStorage.word(cell).pointee.compareExchange(
                expected: 0, desired: kind.rawValue, ordering: .relaxed)
            precondition(isFirst || before == kind.rawValue, "a metric is registered under one type only")
        }
        // Also by who comes second: what it records from now on must be within the reach of a flush.
        if registered.load(ordering: .relaxed) <= metric.index {
            registered.max(metric.index + 1, ordering: .releasing)
        }
        return cell
    }
}
