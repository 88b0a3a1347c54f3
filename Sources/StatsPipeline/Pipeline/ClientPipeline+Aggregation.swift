package import StatsModel
import StatsWire

/// Local aggregation: what is added up does not wait in the buffer, and leaves in packets straight from the aggregator.
extension ClientPipeline {
    /// Whether the aggregator took the event. What has to be sent before it, if anything, is buffered.
    @inline(never)
    mutating func aggregate(
        _ event: DecodedEvent, _ bytes: Span<UInt8>, _ timestamp: Int64, metric: MetricID, at now: Instant
    ) -> Bool {
        // What stands for several events already goes on as it is.
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

    /// Something was added to the aggregator: it goes out one interval after the first of it. For drivers whose
    /// producers hold handles of ``aggregator`` themselves.
    package mutating func handleAggregated(at now: Instant) {
        if aggregateDue == nil, let aggregator { aggregateDue = now + Nanoseconds(aggregator.configuration.interval) }
    }

    /// Everything buffered or added up is to go out with the next polls, without waiting for full packets.
    package mutating func flush() {
        isFlushing = true
        if isAggregating { wantsAggregates = true }
    }

    /// Whether nothing that was added up waits to leave, nor had to be left for another flush.
    package var isAggregateFlushed: Bool { !isAggregating || !(flushing.isActive || wantsAggregates || flushing.hasSkipped) }

    /// Moves what was added up into the open packet, as far as a flush is due and there is room.
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

    /// Whoever recorded in a cell while it was flushed is through after that, unless the system keeps it from running.
    private static let skippedPause = Nanoseconds.milliseconds(1)

    /// Moves the flush's next record into the open packet; false where it has no room there.
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

    /// The record that the flush shows has left the aggregator.
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
                event, key, metrics, text: Span(), to: &batcher, arrival: arrival, timestamp: timestamp)
        }
        return aggregator.withMember(member) { _, _, bytes in
            Self.add(event, key, metrics, text: bytes, to: &batcher, arrival: arrival, timestamp: timestamp)
        }
    }

    private static func add(
        _ event: StatEvent, _ key: MetricCatalog.Key, _ metrics: borrowing MetricCatalog, text: Span<UInt8>,
        to batcher: inout PacketBatcher, arrival: Instant, timestamp: UInt64
    ) -> PacketBatcher.AddResult {
        metrics.withArena { keys in
            batcher.add(
                event, key: key, keys: keys, text: ByteRange(0..<text.count), texts: text, arrival: arrival,
                timestamp: timestamp)
        }
    }

    /// What was added up goes nowhere any more.
    mutating func abandonAggregates(as cause: LossCause, at now: Instant) {
        guard let aggregator else { return }
        // What a flush has begun, then what came since. The time does not matter: nobody will see these records.
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

    /// A record that never was an event of the buffer.
    private mutating func loseAggregate(_ event: StatEvent, as cause: LossCause) {
        let content = aggregateContent(of: event)
        accounting.recordContentAdjustment(0, into: content)
        accounting.recordLoss(cause, metrics.type(of: event.metric), count: event.count, content: content)
        accounting.recordLostValue(event)
    }

    /// What a record says, the member that the flush shows included.
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
