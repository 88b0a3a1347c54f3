package import StatsBuffers
package import StatsModel

/// Buffering and eviction, as the drop strategy decides.
extension ClientPipeline {
    /// Records a slot without a text, of a metric that is already known. The live driver and its handles create these slots.
    ///
    /// O(1), allocates nothing, never waits.
    @discardableResult
    package mutating func record(_ event: StatEvent, at now: Instant) -> PushResult {
        precondition(event.metric.index < metrics.count, "a slot of a metric nobody registered")
        precondition(event.text == 0, "a slot from outside has no text")
        if isClosing { return refuse(event, as: .clientClosed) }
        let priority = priorityForStrategy(of: event.metric)
        var slot = event
        switch admit(metrics.type(of: event.metric), priority, event.flags, rate: event.rate) {
        case .push, .pushEvictingOldest, .pushEvictingLower: break
        case .pushSampled(let carried):
            slot.rate = carried
            recordSampled(slot, offeredRate: event.rate)
        case .refuse(let cause): return refuse(event, as: cause)
        }
        enqueue(slot, priority, at: now)
        return .buffered
    }

    private mutating func refuse(_ event: StatEvent, as cause: LossCause) -> PushResult {
        lose(event, as: cause)
        return .refused(cause)
    }

    /// The strategy's decision on one event, which also respects the capacity of the buffer.
    @inline(__always)
    mutating func admit(
        _ type: MetricType, _ priority: EventPriority, _ flags: EventFlags, rate: Double
    ) -> DropDecision {
        switch strategy {
        case .newest: return buffer.isFull ? .refuse(.bufferFull) : .push
        case .oldest: return buffer.isFull ? .pushEvictingOldest : .push
        case .byPriority, .sampled: return decide(type, priority, flags, rate: rate)
        }
    }

    @inline(never)
    private mutating func decide(
        _ type: MetricType, _ priority: EventPriority, _ flags: EventFlags, rate: Double
    ) -> DropDecision {
        decisions &+= 1
        let decision = decider.decide(
            type: type, priority: priority, flags: flags, rate: rate, count: buffer.count, capacity: buffer.capacity,
            flow: session, number: decisions)
        if decision == .pushEvictingLower, !buffer.admits(priority) { return .refuse(.bufferFull) }
        return decision
    }

    /// Buffers an admitted event. An event that is evicted for it is counted as lost.
    @inline(__always)
    mutating func enqueue(_ event: StatEvent, _ priority: EventPriority, at now: Instant) {
        switch strategy {
        case .newest, .sampled:
            buffer.append(event, arrival: now)
        case .oldest:
            if buffer.isFull { evictOldest() }
            buffer.append(event, arrival: now)
        case .byPriority:
            switch buffer.push(event, priority: priority, arrival: now) {
            case .buffered: break
            case .bufferedEvicting(let evicted, _): lose(evicted, as: .evictedForPriority)
            case .refused: preconditionFailure("an event is admitted where there is room")
            }
        }
        accounting.recordBuffered(buffer.count)
    }

    mutating func evictOldest() {
        guard let oldest = buffer.first else { preconditionFailure("a full buffer has an oldest event") }
        buffer.removeFirst()
        lose(oldest, as: .evictedOldest)
    }

    /// The metric's priority if the strategy uses priorities; otherwise `normal`.
    @inline(__always)
    mutating func priorityForStrategy(of metric: MetricID) -> EventPriority {
        switch strategy {
        case .newest, .oldest: .normal
        case .byPriority, .sampled: priority(of: metric)
        }
    }

    /// The metric's priority, which the first call for the metric determines. O(1) afterwards.
    mutating func priority(of metric: MetricID) -> EventPriority {
        while prioritized <= metric.index {
            let new = MetricID(UInt32(prioritized))
            let key = metrics.key(of: new)
            let priority = metrics.withBytes(of: new) { keys in
                configuration.priorities.priority(of: key.type, name: keys.extracting(key.name.range))
            }
            if priority != .standard(for: key.type), !priorities.set(priority, of: new) {
                preconditionFailure("the table of priorities is as long as the catalog")
            }
            prioritized += 1
        }
        return priorities.priority(of: metric, type: metrics.type(of: metric))
    }

    /// Counts the loss of an event that was in the buffer or about to enter it, and gives its text back.
    @inline(never)
    mutating func lose(_ event: StatEvent, as cause: LossCause) {
        let type = metrics.type(of: event.metric)
        accounting.recordLoss(cause, type, count: count(of: event, type), content: content(of: event, type))
        accounting.recordLostValue(event)
        if event.text != 0 { texts.reader.giveBack(event.text) }
    }

    /// Records the content of an event that was added to a datagram of text, from whose bytes it cannot be recovered.
    @inline(never)
    mutating func recordContent(of event: StatEvent) {
        let type = metrics.type(of: event.metric)
        batcher.recordContent(type, count: count(of: event, type), content: content(of: event, type))
    }

    /// The number of events that a slot stands for. The count of a set member is stored with its text.
    private func count(of event: StatEvent, _ type: MetricType) -> UInt32 {
        type == .set && event.text != 0 ? texts.reader.count(of: event.text) : event.count
    }

    /// The content of a slot, as ``EventContent`` defines it.
    private func content(of event: StatEvent, _ type: MetricType) -> UInt64 {
        let metricKey = metrics.keyHash(of: event.metric)
        let count = count(of: event, type)
        let content: (Span<UInt8>, TextRanges) -> UInt64 = { bytes, ranges in
            EventContent.hash(
                type, metricKey: metricKey, value: event.value, rate: event.rate, timestamp: event.timestamp,
                flags: event.flags, bytes: bytes, name: ranges.name, tags: ranges.tags, extra: ranges.extra,
                text: ranges.text, count: count)
        }
        let nowhere = TextRanges(name: .empty, tags: .empty, extra: .empty, text: .empty)
        return event.text == 0 ? content(Span(), nowhere) : texts.reader.withText(event.text, content)
    }

    /// Records the content adjustment for a sampled event, which carries another rate than it was offered with.
    @inline(never)
    mutating func recordSampled(_ event: StatEvent, offeredRate: Double) {
        let type = metrics.type(of: event.metric)
        var offered = event
        offered.rate = offeredRate
        accounting.recordContentAdjustment(content(of: offered, type), into: content(of: event, type))
    }
}
