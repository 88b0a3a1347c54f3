package import StatsBuffers
package import StatsModel
package import StatsWire

extension ClientPipeline {
    /// Prefetches the metrics that are recorded next, if the catalog is too large for the processor's caches. Changes nothing.
    ///
    /// - Parameter places: where the searches for the first `count` metrics begin
    package mutating func prefetchMetrics(at places: MetricCatalog.Places, count: Int) {
        guard count > 1, metrics.isLarge else { return }
        metrics.prefetch(places, count: count)
    }

    /// Records one decoded event: interns its metric, aggregates it or applies the drop strategy, stores its text, buffers its
    /// slot.
    ///
    /// - Parameters:
    ///   - bytes: the bytes to which the event's ranges refer
    ///   - timestamp: nanoseconds since 1970, used if the event has no timestamp of its own
    ///
    /// O(bytes of the event). Allocates nothing for a known metric; never waits.
    package mutating func record(
        _ event: DecodedEvent, bytes: Span<UInt8>, timestamp: Int64, at now: Instant
    ) -> PushResult {
        let place = event.type.isMetric ? metrics.place(event.type, bytes, event.name, event.tags, event.extra) : 0
        return record(event, place: place, bytes: bytes, timestamp: timestamp, at: now)
    }

    /// Records an event, as above. `place` is where the search for its metric begins in a catalog with the hash of this process.
    package mutating func record(
        _ event: DecodedEvent, place: UInt32, bytes: Span<UInt8>, timestamp: Int64, at now: Instant
    ) -> PushResult {
        let timestamp = event.timestamp(recordedAt: timestamp)
        if isClosing { return refuse(.clientClosed, event, bytes, timestamp) }
        if Self.isTooLong(event, for: longestRecord) {
            return refuse(.oversize, event, bytes, timestamp)
        }
        let metric: MetricID
        switch self.metric(of: event, at: place, bytes) {
        case .known(let number): metric = number
        case .refused(let cause): return refuse(cause, event, bytes, timestamp)
        }
        if isAggregating, aggregate(event, bytes, timestamp, metric: metric, at: now) { return .buffered }
        let hasText = metric.index < Self.reservedMetrics || !event.text.isEmpty
        if hasText, !Self.canHold(event, bytes, texts.writer) {
            return refuse(.oversize, event, bytes, timestamp, metric: metric)
        }
        let priority = priorityForStrategy(of: metric)
        var rate = event.rate
        switch admit(event.type, priority, event.flags, rate: rate) {
        case .push, .pushEvictingOldest, .pushEvictingLower: break
        case .pushSampled(let carried): rate = carried
        case .refuse(let cause): return refuse(cause, event, bytes, timestamp, metric: metric)
        }

        var text: UInt32 = 0
        var flags = event.flags
        if hasText {
            let reserve = reserveForCritical(against: metric)
            guard let stored = store(event, bytes, reserve) ?? storeMakingRoom(event, bytes, priority, reserve) else {
                return refuse(.textPoolFull, event, bytes, timestamp, metric: metric)
            }
            text = stored
            flags.remove(.escapedText)
        }
        // A slot has no room for both a text and a count. The count of a set member is stored with its text.
        let slot =
            event.count == 1 || text != 0
            ? StatEvent(
                metric: metric, value: event.value, timestamp: timestamp, rate: rate, text: text, flags: flags)
            : StatEvent(
                metric: metric, value: event.value, timestamp: timestamp, rate: rate, count: event.count, flags: flags)
        if rate != event.rate { recordSampled(slot, offeredRate: event.rate) }
        enqueue(slot, priority, at: now)
        return .buffered
    }

    /// Whether the event certainly fits into no packet, by the strings that every codec writes in full. Neither the catalog nor
    /// the text pool then has to hold it. A metric's tags do not count here, because tags that occur twice in it are sent once:
    /// whether they fit is found when the event is encoded.
    ///
    /// Static, because each call of a non-mutating method copies a value of this size.
    package static func isTooLong(_ event: DecodedEvent, for limit: Int) -> Bool {
        if event.name.count + event.tags.count + event.extra.count + event.text.count <= limit { return false }
        var byteCount = event.name.count + event.extra.count
        if !event.type.isMetric { byteCount += event.tags.count }
        // An escape takes two bytes and stands for one.
        byteCount += event.flags.contains(.escapedText) ? event.text.count / 2 : event.text.count
        return byteCount > limit
    }

    /// Whether an empty text pool has room for the event's strings.
    private static func canHold(_ event: DecodedEvent, _ bytes: Span<UInt8>, _ pool: borrowing TextWriter) -> Bool {
        let isEscaped = event.flags.contains(.escapedText)
        if !event.type.isMetric {
            return pool.canHold(
                bytes, name: event.name, tags: event.tags, extra: event.extra, text: event.text, isEscaped: isEscaped)
        }
        return event.count > 1
            ? pool.canHold(member: event.text) : pool.canHold(bytes, text: event.text, isEscaped: isEscaped)
    }

    private enum Lookup {
        case known(MetricID)
        case refused(LossCause)
    }

    private mutating func metric(of event: DecodedEvent, at place: UInt32, _ bytes: Span<UInt8>) -> Lookup {
        switch event.type {
        case .event: return .known(eventMetric)
        case .serviceCheck: return .known(serviceCheckMetric)
        case .counter, .gauge, .timing, .histogram, .distribution, .set:
            if let memory { return metric(of: event, bytes, within: memory) }
            guard let known = metrics.intern(at: place, event.type, bytes, event.name, event.tags, event.extra) else {
                return .refused(.metricLimit)
            }
            // The key is read when the event enters a packet.
            metrics.prefetchKey(of: known.metric)
            return .known(known.metric)
        }
    }

    /// The same with a memory limit: the bytes by which the catalog may grow are reserved before it grows.
    private mutating func metric(
        of event: DecodedEvent, _ bytes: Span<UInt8>, within memory: MemoryLimiter
    ) -> Lookup {
        let (type, name, tags, extra) = (event.type, event.name, event.tags, event.extra)
        if let known = metrics.knownAsWritten(type, bytes, name: name, tags: tags, extra: extra) { return .known(known) }
        let length = name.count + tags.count + extra.count
        let known = metrics.known(type, bytes, name: name, tags: tags, extra: extra)
        let charge =
            known.map { ClientConfiguration.aliasMemory(of: $0, in: metrics, nameLength: length) }
            ?? ClientConfiguration.metricMemory(nameLength: length)
        // A known metric is never refused. Without memory, only this way to write it is not remembered.
        guard memory.reserve(charge) else { return known.map { .known($0) } ?? .refused(.memoryLimit) }
        let rows = metrics.rowCount
        let metric = metrics.intern(type, bytes, name: name, tags: tags, extra: extra)
        if metrics.rowCount == rows { memory.release(charge) }
        return metric.map { .known($0) } ?? .refused(.metricLimit)
    }

    /// The units that a text of this metric must leave free in the pool. 0 for a critical metric.
    private mutating func reserveForCritical(against metric: MetricID) -> Int {
        priority(of: metric) == .critical ? 0 : texts.criticalUnits
    }

    /// Stores the event's strings in the text pool: for a metric only its text, since its key is in the catalog; for events and
    /// service checks all strings. nil if there is no room.
    private mutating func store(_ event: DecodedEvent, _ bytes: Span<UInt8>, _ reserve: Int) -> UInt32? {
        let isEscaped = event.flags.contains(.escapedText)
        if event.type.isMetric, event.count > 1 {
            return texts.writer.store(bytes, member: event.text, count: event.count, leaving: reserve)
        }
        if event.type.isMetric {
            return texts.writer.store(bytes, text: event.text, isEscaped: isEscaped, leaving: reserve)
        }
        return texts.writer.store(
            bytes, name: event.name, tags: event.tags, extra: event.extra, text: event.text, isEscaped: isEscaped,
            leaving: reserve)
    }

    /// Evicts events from the buffer, so that their texts leave room in the full pool. nil if this does not make enough room.
    @inline(never)
    private mutating func storeMakingRoom(
        _ event: DecodedEvent, _ bytes: Span<UInt8>, _ priority: EventPriority, _ reserve: Int
    ) -> UInt32? {
        switch strategy {
        case .newest, .sampled:
            return nil
        case .oldest:
            // An event is evicted only if the buffer is full as well.
            guard buffer.isFull else { return nil }
            evictOldest()
            return store(event, bytes, reserve)
        case .byPriority:
            // No event is evicted for a text that may not fit even into an empty pool.
            let byteCount = 32 + event.name.count + event.tags.count + event.extra.count + event.text.count
            guard byteCount <= configuration.textCapacity / 2 else { return nil }
            while let evicted = buffer.evictForText(of: priority) {
                lose(evicted, as: .evictedForPriority)
                if let stored = store(event, bytes, reserve) { return stored }
            }
            return nil
        }
    }

    @inline(never)
    private mutating func refuse(
        _ cause: LossCause, _ event: DecodedEvent, _ bytes: Span<UInt8>, _ timestamp: Int64, metric: MetricID? = nil
    ) -> PushResult {
        let key: UInt64
        if !event.type.isMetric {
            key = 0
        } else if let metric {
            key = metrics.keyHash(of: metric)
        } else {
            key = EventContent.key(event.type, bytes, name: event.name, tags: event.tags, extra: event.extra)
        }
        let content = EventContent.hash(
            event.type, metricKey: key, value: event.value, rate: event.rate, timestamp: timestamp, flags: event.flags,
            bytes: bytes, name: event.name, tags: event.tags, extra: event.extra, text: event.text,
            count: event.count)
        accounting.recordLoss(cause, event.type, count: event.count, content: content)
        return .refused(cause)
    }
}

extension DecodedEvent {
    /// The timestamp to send, in nanoseconds since 1970: the event's own if it has one, otherwise the time of recording.
    package func timestamp(recordedAt recorded: Int64) -> Int64 {
        hasTimestamp ? timestamp : recorded
    }
}
