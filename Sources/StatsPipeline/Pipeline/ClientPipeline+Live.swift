package import StatsModel
import StatsWire

/// Functions for the live driver only. Its events arrive as slots of metrics that are already registered.
extension ClientPipeline {
    /// The number of free slots in the buffer.
    package var freeCount: Int { buffer.capacity - buffer.count }

    /// Whether the breaker, in its present state, permits no packet.
    package var isCut: Bool { breaker.map { !$0.isAdmitting } ?? false }

    /// Sets the records that were dropped before the pipeline since the client began. Heartbeats and closing packets report
    /// them.
    package mutating func setDroppedOutside(_ counts: TypeCounts) { accounting.droppedOutside = counts }

    /// Adds the metrics that the registry knows and this pipeline does not know yet. Both give a metric the same number.
    package mutating func adoptMetrics(of registry: borrowing MetricCatalog) {
        for number in metrics.count..<max(metrics.count, registry.count) {
            let known = MetricID(UInt32(number))
            let key = registry.key(of: known)
            let metric = registry.withBytes(of: known) { keys in
                metrics.intern(key.type, keys, name: key.name, tags: key.tags, extra: key.extra)
            }
            precondition(metric?.index == number, "both catalogs number metrics alike")
        }
    }

    /// Records an event that its handle did not aggregate. If an aggregated value of the same gauge waits, it is recorded
    /// first.
    package mutating func recordSingle(_ event: StatEvent, at now: Instant) {
        if isAggregating, let aggregator, metrics.type(of: event.metric) == .gauge,
            let waiting = aggregator.takeWaiting(event.metric)
        {
            let earlier = AggregateFlush.event(of: waiting)
            addedUpCount += UInt64(earlier.count)
            record(earlier, at: now)
        }
        record(event, at: now)
    }

    /// The share of events that sampling keeps at the buffer's present fill level. 1 if nothing is sampled.
    package var sampleRate: Double {
        switch configuration.dropStrategy {
        case .newest, .oldest, .byPriority: return 1
        case .sampled(let plan):
            let keep = plan.keep(count: buffer.count, capacity: buffer.capacity)
            return keep.map { $0.percent / 100 } ?? 1
        }
    }
}
