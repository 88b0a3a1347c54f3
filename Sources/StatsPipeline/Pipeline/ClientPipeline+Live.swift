package import StatsModel
import StatsWire

/// What only the live driver asks of the pipeline: its events come as slots whose metric is registered already.
extension ClientPipeline {
    /// Slots of the buffer that are free.
    package var freeCount: Int { buffer.capacity - buffer.count }

    /// The breaker lets nothing out at the moment.
    package var isCut: Bool { breaker.map { !$0.isAdmitting } ?? false }

    /// States what was dropped in front of the pipeline, since the client began, for heartbeats and closing packets.
    package mutating func setDroppedOutside(_ counts: TypeCounts) { accounting.droppedOutside = counts }

    /// Takes the metrics over that the registry knows and this pipeline does not yet; both number them alike.
    package mutating func adoptMetrics(of registry: borrowing MetricCatalog) {
        for number in metrics.count..<max(metrics.count, registry.count) {
            let key = registry.key(of: MetricID(UInt32(number)))
            let metric = registry.withArena { arena in
                metrics.intern(key.type, arena, name: key.name, tags: key.tags, extra: key.extra)
            }
            precondition(metric?.index == number, "both catalogs number metrics alike")
        }
    }

    /// Records what a handle did not add up. Of a gauge, what was added up before it goes first.
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

    /// The share of events that sampling keeps at this fill; 1 where nothing is sampled.
    package var sampleRate: Double {
        switch configuration.dropStrategy {
        case .newest, .oldest, .byPriority: return 1
        case .sampled(let plan):
            let keep = plan.keep(count: buffer.count, capacity: buffer.capacity)
            return keep.map { $0.percent / 100 } ?? 1
        }
    }
}
