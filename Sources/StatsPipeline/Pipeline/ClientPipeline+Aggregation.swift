package import StatsModel
import StatsWire

/// Local aggregation. Aggregated events do not wait in the buffer: their records move from the aggregator straight into
/// packets.
extension ClientPipeline {
    /// Offers the event to the aggregator, and returns whether the aggregator took it. If the gauge's aggregated value must be
    /// sent before the event, that value is buffered here.
    @inline(never)
    mutating func aggregate(
        _ event: DecodedEvent, _ bytes: Span<UInt8>, _ timestamp: Int64, metric: MetricID, at now: Instant
    ) -> Bool {
        // A record that already stands for several events is not aggregated again.
        guard let aggregator, event.type.isMetric, event.count == 1 else { return false }
        let result: AggregateResult
        if event.type == .set {
            if event.flags.contains(.explicitTimestamp) { return false }
            result = aggregator.recordMember(metric, bytes, event.text.range)
        } else {
            let slot = StatEvent(
                metric: metric, value: event.value, timestamp: timestamp, rate: event.rate, flags: event.flags)
            result = aggregator.record(slot, type: event.type)
        }
        switch result {
        case .aggregated:
            let content = EventContent.hash(
                event.type, metricKey: metrics.keyHash(of: metric), value: event.value, rate: event.rate,
                timestamp: timestamp, flags: event.flags, bytes: bytes, name: event.name, tags: event.tags,
                extra: event.extra, text: event.text)
            accounting.recordContentAdjustment(content, into: 0)
            handleAggregated(at: now)
            return true
        case .passThrough:
            return false
        case .passThroughAfter(let waiting):
            let earlier = AggregateFlush.event(of: waiting)
            accounting.recordContentAdjustment(0, into: aggregateContent(of: earlier))
            record(earlier, at: now)
            return false
        }
    }

    /// Notes that an event was added to the aggregator. A flush is due one interval after the first event since the last flush.
    /// For drivers whose producers record through handles of ``aggregator``.
    package mutating func handleAggregated(at now: Instant) {
        if aggregateDue == nil, let aggregator { aggregateDue = now + Nanoseconds(aggregator.configuration.interval) }
    }

    /// Makes the next polls send everything that is buffered or aggregated, without waiting for full packets.
    package mutating func flush() {
        isFlushing = true
        if isAggregating { wantsAggregates = true }
    }

    /// Whether no flush is requested or under way, and the last flush skipped no value that needs another one.
    package var isAggregateFlushed: Bool { !isAggregating || !(flushing.isActive || wantsAggregates || flushing.hasSkipped) }

    /// Moves aggregated records into the open packet if a flush is due, as long as there is room.
    mutating func fillFromAggregates(_ aggregator: LocalAggregator, timestamp: UInt64, at now: Instant) {
        while !batcher.isFull {
            if !flushing.isActive {
                guard wantsAggregates || aggregateDue.map({ now >= $0 }) == true else { return }
                beginAggregateFlush(aggregator, timestamp: Int64(truncatingIfNeeded: timestamp), at: now)
            }
            guard packNext(of: aggregator, timestamp: timestamp) else { return }
            if !flushing.isActive, flushing.hasSkipped { aggregateDue = now + Self.skippedPause }
        }
    }

    /// The pause before a flush is repeated for skipped values. A thread that was recording during the flush has finished by
    /// then, unless the system did not let it run.
    private static let skippedPause = Nanoseconds.milliseconds(1)

    /// Moves the flush's next record into the open packet. Returns false if the packet has no room for it.
    mutating func packNext(of aggregator: LocalAggregator, timestamp: UInt64) -> Bool {
        guard let event = flushing.first(of: aggregator, knownCount: metrics.count) else { return true }
        switch pack(event, of: aggregator, timestamp: timestamp) {
        case .packetFull:
            return false
        case .added:
            if batcher.isText {
                batcher.recordContent(
                    metrics.type(of: event.metric), count: event.count, content: aggregateContent(of: event))
            }
            recordPacked(event)
            accounting.recordContentAdjustment(0, into: aggregateContent(of: event))
        case .refused(let cause):
            loseAggregate(event, as: cause)
        }
        removeFlushed(event)
        return true
    }

    /// Removes the record that the flush shows, and counts its events unless it is a set member.
    private mutating func removeFlushed(_ event: StatEvent) {
        if flushing.member == nil { addedUpCount += UInt64(event.count) }
        flushing.removeFirst()
    }

    private mutating func beginAggregateFlush(_ aggregator: LocalAggregator, timestamp: Int64, at now: Instant) {
        wantsAggregates = false
        aggregateDue = nil
        flushing.begin(of: aggregator, timestamp: timestamp, at: now)
    }

    private mutating func pack(
        _ event: StatEvent, of aggregator: LocalAggregator, timestamp: UInt64
    ) -> PacketBatcher.AddResult {
        let key = metrics.key(of: event.metric)
        let arrival = flushing.began
        guard let member = flushing.member else {
            return Self.add(
                event, key, &metrics, text: Span(), to: &batcher, arrival: arrival, timestamp: timestamp)
        }
        return aggregator.withMember(member) { _, _, bytes in
            Self.add(event, key, &metrics, text: bytes, to: &batcher, arrival: arrival, timestamp: timestamp)
        }
    }

    private static func add(
        _ event: StatEvent, _ key: MetricCatalog.Key, _ metrics: inout MetricCatalog, text: Span<UInt8>,
        to batcher: inout PacketBatcher, arrival: Instant, timestamp: UInt64
    ) -> PacketBatcher.AddResult {
        metrics.withBytes(of: event.metric) { keys in
            batcher.add(
                event, key: key, keys: keys, text: ByteRange(0..<text.count), texts: text, arrival: arrival,
                timestamp: timestamp)
        }
    }

    /// Counts all aggregated events as lost under this cause.
    mutating func abandonAggregates(as cause: LossCause, at now: Instant) {
        guard let aggregator else { return }
        // First the rest of a flush under way, then everything recorded since. The time does not matter, since nothing is sent.
        loseFlush(of: aggregator, as: cause)
        beginAggregateFlush(aggregator, timestamp: 0, at: now)
        loseFlush(of: aggregator, as: cause)
        flushing.forgetSkipped()
    }

    private mutating func loseFlush(of aggregator: LocalAggregator, as cause: LossCause) {
        while let event = flushing.first(of: aggregator, knownCount: metrics.count) {
            loseAggregate(event, as: cause)
            removeFlushed(event)
        }
    }

    /// Counts a flushed record as lost. It was never in the buffer, so it has no text to give back.
    private mutating func loseAggregate(_ event: StatEvent, as cause: LossCause) {
        let content = aggregateContent(of: event)
        accounting.recordContentAdjustment(0, into: content)
        accounting.recordLoss(cause, metrics.type(of: event.metric), count: event.count, content: content)
        accounting.recordLostValue(event)
    }

    /// The content of a record, including the set member that the flush shows.
    private func aggregateContent(of event: StatEvent) -> UInt64 {
        let metricKey = metrics.keyHash(of: event.metric)
        let type = metrics.type(of: event.metric)
        let content: (Span<UInt8>) -> UInt64 = { bytes in
            EventContent.hash(
                type, metricKey: metricKey, value: event.value, rate: event.rate, timestamp: event.timestamp,
                flags: event.flags, bytes: bytes, name: .empty, tags: .empty, extra: .empty,
                text: ByteRange(0..<bytes.count), count: event.count)
        }
        guard type == .set, let aggregator, let member = flushing.member else { return content(Span()) }
        return aggregator.withMember(member) { _, _, bytes in content(bytes) }
    }
}
