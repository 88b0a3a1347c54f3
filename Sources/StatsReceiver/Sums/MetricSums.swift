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
        let place = event.type.isMetric ? catalog.place(event.type, bytes, event.name, event.tags, event.extra) : 0
        record(event, of: Self.metric(of: event, at: place, bytes, in: &catalog), bytes, timestamp: timestamp)
    }

    /// Counts up to ``EventDecoder/batchLimit`` records. Each step handles all records before the next step begins, so that the
    /// memory accesses of the next step overlap.
    mutating func record(
        _ events: Span<DecodedEvent>, _ bytes: Span<UInt8>, timestamp: Int64, in catalog: inout MetricCatalog
    ) {
        let places = catalog.places(of: events, bytes)
        if events.count > 1, catalog.isLarge { catalog.prefetch(places, count: events.count) }
        record(events, places, bytes, timestamp: timestamp, in: &catalog)
    }

    /// Counts several records whose look-ups in the catalog begin at `places`.
    mutating func record(
        _ events: Span<DecodedEvent>, _ places: MetricCatalog.Places, _ bytes: Span<UInt8>, timestamp: Int64,
        in catalog: inout MetricCatalog
    ) {
        guard events.count > 1, catalog.isLarge else {
            for index in events.indices {
                let event = events[index]
                record(event, of: Self.metric(of: event, at: places[index], bytes, in: &catalog), bytes, timestamp: timestamp)
            }
            return
        }
        recordTogether(events, places, bytes, timestamp: timestamp, in: &catalog)
    }

    /// Counts several records. Each step handles all of them before the next step begins, so that memory fetches the data of the
    /// next step for all of them at once.
    private mutating func recordTogether(
        _ events: Span<DecodedEvent>, _ places: MetricCatalog.Places, _ bytes: Span<UInt8>, timestamp: Int64,
        in catalog: inout MetricCatalog
    ) {
        // Reading an element of the inline array itself would copy the whole array.
        let places = places.span
        var metrics = InlineArray<16, MetricCatalog.Known?>(repeating: nil)
        var rows = Prefetch.Rows(repeating: -1)
        var spread = Prefetch.Rows(repeating: -1)
        for index in events.indices {
            let event = events[index]
            guard let known = Self.metric(of: event, at: places[index], bytes, in: &catalog) else { continue }
            metrics[index] = known
            rows[index] = Int32(truncatingIfNeeded: known.metric.index)
            switch event.type {
            case .timing, .histogram, .distribution: spread[index] = rows[index]
            case .counter, .gauge, .set, .event, .serviceCheck: break
            }
        }
        cells.prefetch(rows, count: events.count)
        var contents = InlineArray<16, UInt64>(repeating: 0)
        for index in events.indices {
            contents[index] = Self.content(events[index], of: metrics[index], bytes, timestamp: timestamp)
        }
        cells.prefetchSpreads(spread, count: events.count)
        for index in events.indices {
            record(events[index], of: metrics[index], content: contents[index], bytes, timestamp: timestamp)
        }
    }

    /// The metric of an event, new or known; nil where the event has none, or the catalog has no room.
    @inline(__always)
    private static func metric(
        of event: DecodedEvent, at place: UInt32, _ bytes: Span<UInt8>, in catalog: inout MetricCatalog
    ) -> MetricCatalog.Known? {
        guard event.type.isMetric else { return nil }
        return catalog.intern(at: place, event.type, bytes, event.name, event.tags, event.extra)
    }

    @inline(__always)
    private mutating func record(
        _ event: DecodedEvent, of known: MetricCatalog.Known?, _ bytes: Span<UInt8>, timestamp: Int64
    ) {
        let content = Self.content(event, of: known, bytes, timestamp: timestamp)
        record(event, of: known, content: content, bytes, timestamp: timestamp)
    }

    /// The content hash of an event. The metric's key is hashed here if the catalog does not know the metric.
    @inline(__always)
    private static func content(
        _ event: DecodedEvent, of known: MetricCatalog.Known?, _ bytes: Span<UInt8>, timestamp: Int64
    ) -> UInt64 {
        var key: UInt64 = 0
        if let known {
            key = known.keyHash
        } else if event.type.isMetric {
            key = EventContent.key(event.type, bytes, name: event.name, tags: event.tags, extra: event.extra)
        }
        return EventContent.hash(
            event.type, metricKey: key, value: event.value, rate: event.rate,
            timestamp: event.hasTimestamp ? event.timestamp : timestamp, flags: event.flags, bytes: bytes, name: event.name,
            tags: event.tags, extra: event.extra, text: event.text, count: event.count)
    }

    @inline(__always)
    private mutating func record(
        _ event: DecodedEvent, of known: MetricCatalog.Known?, content: UInt64, _ bytes: Span<UInt8>, timestamp: Int64
    ) {
        tally.add(event.type, count: event.count, content: content)
        guard let metric = known?.metric else {
            if event.type.isMetric { uncatalogued.add(event.type, count: event.count) }
            return
        }
        var member: UInt64 = 0
        if event.type == .set {
            // A record that stands for several events adds its member once for each of them.
            member = UInt64(event.count) &* EventContent.textHash(
                bytes, event.text, isEscaped: event.flags.contains(.escapedText))
        }
        cells.record(
            metric, event.type, value: event.value, rate: event.rate, count: event.count, flags: event.flags,
            timestamp: event.hasTimestamp ? event.timestamp : timestamp, member: member)
    }
}
