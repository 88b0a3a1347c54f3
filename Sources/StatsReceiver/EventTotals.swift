public import StatsModel
public import StatsWire

/// Everything that a stream of events adds up to, per type and per metric, wherever the stream was watched: as it was
/// offered, as it arrived, or as it died. Two streams that said the same have equal ``tally``.
///
/// Metrics are numbered by a catalog of its own and summed in an array indexed by that number. Events and service
/// checks are counted per type only, since their titles have no bound. A metric the catalog has no room for still
/// counts in the tally, and in ``uncatalogued``.
///
/// Memory is bounded by the catalog's limits; a metric already known allocates nothing.
public struct EventTotals: Sendable {
    /// The metrics seen, numbered in the order of first sight.
    public private(set) var catalog: MetricCatalog
    /// Events per type, and the digest of what they said (``EventContent``).
    public private(set) var tally = Tally()
    /// Events of metrics for which the catalog had no room: in the tally, but in no metric's numbers.
    public private(set) var uncatalogued = TypeCounts()
    private var numbers: [MetricNumbers] = []
    /// Counts by ``MalformedReason``'s raw value.
    private var malformed: [UInt64]
    private var decoder = EventDecoder()

    public init(catalog: MetricCatalog = MetricCatalog()) {
        precondition(catalog.count == 0, "totals begin with an empty catalog")
        self.catalog = catalog
        let reasons = Int(MalformedReason.allCases.map(\.rawValue).max() ?? 0) + 1
        malformed = Array(repeating: 0, count: reasons)
    }

    /// Counts one record: one event, or as many as it stands for.
    ///
    /// - Parameters:
    ///   - bytes: what the event's ranges point into (the datagram, or the decoder's scratch)
    ///   - timestamp: nanoseconds since 1970, used where the event states none
    ///
    /// O(bytes of the key and text).
    public mutating func record(_ event: DecodedEvent, bytes: Span<UInt8>, timestamp: Int64) {
        let timestamp = event.hasTimestamp ? event.timestamp : timestamp
        var metricKey: UInt64 = 0
        var metric: MetricID?
        if event.type.isMetric {
            metric = catalog.intern(event.type, bytes, name: event.name, tags: event.tags, extra: event.extra)
            if let metric {
                metricKey = catalog.keyHash(of: metric)
            } else {
                uncatalogued.add(event.type, count: event.count)
                metricKey = EventContent.key(
                    event.type, bytes, name: event.name, tags: event.tags, extra: event.extra)
            }
        }
        let content = EventContent.hash(
            event.type, metricKey: metricKey, value: event.value, rate: event.rate, timestamp: timestamp,
            flags: event.flags, bytes: bytes, name: event.name, tags: event.tags, extra: event.extra, text: event.text,
            count: event.count)
        tally.add(event.type, count: event.count, content: content)
        guard let index = metric?.index else { return }
        // The catalog numbers metrics one after the other, so a new one is the next of the array.
        if index == numbers.count { numbers.append(MetricNumbers()) }
        numbers[index].record(
            event.type, value: event.value, rate: event.rate, count: event.count, flags: event.flags, timestamp: timestamp)
        if event.type == .set {
            // A record that stands for several events says its member as often.
            numbers[index].members &+= UInt64(event.count) &* EventContent.textHash(
                bytes, event.text, isEscaped: event.flags.contains(.escapedText))
        }
    }

    /// Counts a line or record that is no event.
    public mutating func recordMalformed(_ reason: MalformedReason) {
        malformed[Int(reason.rawValue)] += 1
    }

    /// Decodes a verified data packet and counts its events. Events that state no time get the packet's.
    ///
    /// Returns how many events of each type it held. Packets of other kinds hold none. O(bytes).
    @discardableResult
    public mutating func record(packet bytes: Span<UInt8>, header: PacketHeader) -> TypeCounts {
        let before = tally.counts
        decoder.beginPacket(bytes, header: header)
        drain(bytes, timestamp: Int64(bitPattern: header.timestamp))
        var counts = tally.counts
        counts.lanes &-= before.lanes
        return counts
    }

    /// Decodes a datagram of StatsD or DogStatsD text and counts its events. O(bytes).
    ///
    /// - Parameter timestamp: nanoseconds since 1970 at which the datagram was seen
    @discardableResult
    public mutating func record(text bytes: Span<UInt8>, timestamp: Int64) -> TypeCounts {
        let before = tally.counts
        decoder.beginText(bytes)
        drain(bytes, timestamp: timestamp)
        var counts = tally.counts
        counts.lanes &-= before.lanes
        return counts
    }

    private mutating func drain(_ bytes: Span<UInt8>, timestamp: Int64) {
        while true {
            switch decoder.next(bytes) {
            case .event(let event):
                if event.isInScratch {
                    let scratch = decoder.scratch
                    record(event, bytes: scratch.span, timestamp: timestamp)
                } else {
                    record(event, bytes: bytes, timestamp: timestamp)
                }
            case .malformed(let reason, _):
                recordMalformed(reason)
            case .end:
                return
            }
        }
    }
}

extension EventTotals {
    /// Lines or records refused for that reason.
    public func malformed(_ reason: MalformedReason) -> UInt64 { malformed[Int(reason.rawValue)] }

    /// Lines or records refused for any reason.
    public var malformedTotal: UInt64 { malformed.reduce(0, +) }

    /// The numbers of one metric of ``catalog``. O(1); a number of another catalog traps.
    public func numbers(of metric: MetricID) -> MetricNumbers { numbers[metric.index] }

    /// Every metric with its names, in the order of first sight. O(n), allocates: for the end of a run.
    public var metrics: [MetricTotals] {
        numbers.indices.map { index in
            let metric = MetricID(UInt32(index))
            let names = MetricNames(metric, in: catalog)
            return MetricTotals(type: catalog.type(of: metric), key: names.key, label: names.label, numbers: numbers[index])
        }
    }
}
