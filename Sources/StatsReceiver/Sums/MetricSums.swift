import StatsModel
import StatsWire

/// The tally of a stream of events, and the values of each metric that a catalog has numbered.
struct MetricSums: Sendable {
    private(set) var tally = Tally()
    private(set) var uncatalogued = TypeCounts()
    private(set) var cells = MetricCells()

    /// Counts one record. O(bytes of the key and text).
    mutating func record(
        _ event: DecodedEvent, _ bytes: Span<UInt8>, timestamp: Int64, in catalog: inout MetricCatalog
    ) {
        var metric: MetricID?
        if event.type.isMetric {
            metric = catalog.intern(event.type, bytes, name: event.name, tags: event.tags, extra: event.extra)
        }
        record(event, of: metric, bytes, timestamp: timestamp, catalog)
    }

    /// Counts up to ``EventDecoder/batchLimit`` records. Each step handles all records before the next step begins, so that the
    /// memory accesses of the next step overlap.
    mutating func record(
        _ events: Span<DecodedEvent>, _ bytes: Span<UInt8>, timestamp: Int64, in catalog: inout MetricCatalog
    ) {
        guard events.count > 1, catalog.isLarge else {
            for index in events.indices { record(events[index], bytes, timestamp: timestamp, in: &catalog) }
            return
        }
        record(events, catalog.prefetch(events, bytes), bytes, timestamp: timestamp, in: &catalog)
    }

    /// Counts several records whose look-ups in the catalog begin at `places`.
    mutating func record(
        _ events: Span<DecodedEvent>, _ places: MetricCatalog.Places, _ bytes: Span<UInt8>, timestamp: Int64,
        in catalog: inout MetricCatalog
    ) {
        var metrics = InlineArray<16, MetricID?>(repeating: nil)
        for index in events.indices where events[index].type.isMetric {
            let event = events[index]
            let metric = catalog.intern(at: places[index], event.type, bytes, event.name, event.tags, event.extra)
            metrics[index] = metric
            if let metric { cells.prefetch(metric) }
        }
        for index in events.indices {
            if let metric = metrics[index] { cells.prefetchSpread(metric, events[index].type) }
        }
        for index in events.indices { record(events[index], of: metrics[index], bytes, timestamp: timestamp, catalog) }
    }

    @inline(__always)
    private mutating func record(
        _ event: DecodedEvent, of metric: MetricID?, _ bytes: Span<UInt8>, timestamp: Int64, _ catalog: borrowing MetricCatalog
    ) {
        let timestamp = event.hasTimestamp ? event.timestamp : timestamp
        var metricKey: UInt64 = 0
        if let metric {
            metricKey = catalog.keyHash(of: metric)
        } else if event.type.isMetric {
            uncatalogued.add(event.type, count: event.count)
            metricKey = EventContent.key(event.type, bytes, name: event.name, tags: event.tags, extra: event.extra)
        }
        let content = EventContent.hash(
            event.type, metricKey: metricKey, value: event.value, rate: event.rate, timestamp: timestamp,
            flags: event.flags, bytes: bytes, name: event.name, tags: event.tags, extra: event.extra, text: event.text,
            count: event.count)
        tally.add(event.type, count: event.count, content: content)
        guard let metric else { return }
        var member: UInt64 = 0
        if event.type == .set {
            // A record that stands for several events adds its member once for each of them.
            member = UInt64(event.count) &* EventContent.textHash(
                bytes, event.text, isEscaped: event.flags.contains(.escapedText))
        }
        cells.record(
            metric, event.type, value: event.value, rate: event.rate, count: event.count, flags: event.flags,
            timestamp: timestamp, member: member)
    }
}
