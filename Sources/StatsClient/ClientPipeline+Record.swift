public import StatsModel
public import StatsWire

extension ClientPipeline {
    /// Records one decoded event at its time: interns its metric, keeps its text, pushes the slot.
    ///
    /// - Parameters:
    ///   - bytes: the bytes the event's ranges point into
    ///   - timestamp: nanoseconds since 1970, used where the event states none
    ///
    /// O(bytes of the event). Allocates nothing for a metric already known; never waits.
    public mutating func record(
        _ event: DecodedEvent, bytes: Span<UInt8>, timestamp: Int64, at now: Instant
    ) -> PushResult {
        let timestamp = event.timestamp(recordedAt: timestamp)
        if reports.isClosing { return refuse(.clientClosed, event, bytes, timestamp) }
        if Self.isTooLong(event, for: configuration.maximumPacketSize) {
            return refuse(.oversize, event, bytes, timestamp)
        }
        guard let metric = metric(of: event, bytes) else { return refuse(.metricLimit, event, bytes, timestamp) }
        if ring.producer.isFull { return refuse(.bufferFull, event, bytes, timestamp, metric: metric) }

        var text: UInt32 = 0
        var flags = event.flags
        if metric.index < Self.reservedMetrics || !event.text.isEmpty {
            guard let stored = store(event, bytes) else {
                return refuse(.textPoolFull, event, bytes, timestamp, metric: metric)
            }
            text = stored
            flags.remove(.escapedText)
        }
        let slot = StatEvent(
            metric: metric, value: event.value, timestamp: timestamp, rate: event.rate, text: text, flags: flags)
        arrivals[Int(truncatingIfNeeded: ring.producer.pushed) & (arrivals.count - 1)] = now
        let result = ring.producer.push(slot)
        books.recordBuffered(ring.count)
        return result
    }

    /// Whether the strings that every codec writes out whole leave no packet they could fit into, so that neither
    /// catalog nor pool need to hold them. A metric's tags are left to the codec: those that repeat are sent once.
    ///
    /// Static, because a non-mutating method of a value this large costs a copy of it on each call.
    private static func isTooLong(_ event: DecodedEvent, for maximumPacketSize: Int) -> Bool {
        let limit = maximumPacketSize - PacketHeader.byteCount
        if event.name.count + event.tags.count + event.extra.count + event.text.count <= limit { return false }
        var byteCount = event.name.count + event.extra.count
        if !event.type.isMetric { byteCount += event.tags.count }
        // An escape is two bytes that become one.
        byteCount += event.flags.contains(.escapedText) ? event.text.count / 2 : event.text.count
        return byteCount > limit
    }

    private mutating func metric(of event: DecodedEvent, _ bytes: Span<UInt8>) -> MetricID? {
        switch event.type {
        case .event: eventMetric
        case .serviceCheck: serviceCheckMetric
        case .counter, .gauge, .timing, .histogram, .distribution, .set:
            metrics.intern(event.type, bytes, name: event.name, tags: event.tags, extra: event.extra)
        }
    }

    /// A metric's text alone, since its key is in the catalog; of events and service checks all strings.
    private mutating func store(_ event: DecodedEvent, _ bytes: Span<UInt8>) -> UInt32? {
        let isEscaped = event.flags.contains(.escapedText)
        if event.type.isMetric { return texts.writer.store(bytes, text: event.text, isEscaped: isEscaped) }
        return texts.writer.store(
            bytes, name: event.name, tags: event.tags, extra: event.extra, text: event.text, isEscaped: isEscaped)
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
            bytes: bytes, name: event.name, tags: event.tags, extra: event.extra, text: event.text)
        books.recordLoss(cause, event.type, content: content)
        return .refused(cause)
    }
}

extension DecodedEvent {
    /// The timestamp that is sent: the event's own where it states one, else the time of recording; nanoseconds
    /// since 1970.
    public func timestamp(recordedAt recorded: Int64) -> Int64 {
        timestamp == 0 && !flags.contains(.explicitTimestamp) ? recorded : timestamp
    }
}
