package import StatsModel
package import StatsWire

/// ``EventTotals`` without a catalog of its own: several of them, which watch the same metrics at several places, share
/// one, so that each name is kept once.
///
/// Memory: 24 bytes for each metric up to the highest number recorded, 40 more for timings, histograms and distributions.
package struct EventSums: Sendable {
    /// Events per type, and the digest of what they said (``EventContent``).
    package var tally = Tally()
    /// Events of metrics for which the catalog had no room: in the tally, but in no metric's numbers.
    package var uncatalogued = TypeCounts()
    private var cells = MetricCells()
    /// Counts by ``MalformedReason``'s raw value.
    private var malformed: [UInt64]
    private var decoder = EventDecoder()

    package init() {
        let reasons = Int(MalformedReason.allCases.map(\.rawValue).max() ?? 0) + 1
        malformed = Array(repeating: 0, count: reasons)
    }

    /// Counts one record, as ``EventTotals/record(_:bytes:timestamp:)``; its metric is numbered by `catalog`, the same at
    /// every call.
    package mutating func record(
        _ event: DecodedEvent, bytes: Span<UInt8>, timestamp: Int64, in catalog: inout MetricCatalog
    ) {
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
        guard let metric else { return }
        var member: UInt64 = 0
        if event.type == .set {
            // A record that stands for several events says its member as often.
            member = UInt64(event.count) &* EventContent.textHash(
                bytes, event.text, isEscaped: event.flags.contains(.escapedText))
        }
        cells.record(
            metric, event.type, value: event.value, rate: event.rate, count: event.count, flags: event.flags,
            timestamp: timestamp, member: member)
    }

    /// Counts a line or record that is no event.
    package mutating func recordMalformed(_ reason: MalformedReason) {
        malformed[Int(reason.rawValue)] += 1
    }

    /// Decodes a verified data packet and counts its events, as ``EventTotals/record(packet:header:)``.
    @discardableResult
    package mutating func record(
        packet bytes: Span<UInt8>, header: PacketHeader, in catalog: inout MetricCatalog
    ) -> TypeCounts {
        let before = tally.counts
        decoder.beginPacket(bytes, header: header)
        drain(bytes, timestamp: Int64(bitPattern: header.timestamp), &catalog)
        var counts = tally.counts
        counts.lanes &-= before.lanes
        return counts
    }

    /// Decodes a datagram of text and counts its events, as ``EventTotals/record(text:timestamp:)``.
    @discardableResult
    package mutating func record(
        text bytes: Span<UInt8>, timestamp: Int64, in catalog: inout MetricCatalog
    ) -> TypeCounts {
        let before = tally.counts
        decoder.beginText(bytes)
        drain(bytes, timestamp: timestamp, &catalog)
        var counts = tally.counts
        counts.lanes &-= before.lanes
        return counts
    }

    private mutating func drain(_ bytes: Span<UInt8>, timestamp: Int64, _ catalog: inout MetricCatalog) {
        while true {
            switch decoder.next(bytes) {
            case .event(let event):
                if event.isInScratch {
                    let scratch = decoder.scratch
                    record(event, bytes: scratch.span, timestamp: timestamp, in: &catalog)
                } else {
                    record(event, bytes: bytes, timestamp: timestamp, in: &catalog)
                }
            case .malformed(let reason, _):
                recordMalformed(reason)
            case .end:
                return
            }
        }
    }

    /// Lines or records refused for that reason.
    package func malformed(_ reason: MalformedReason) -> UInt64 { malformed[Int(reason.rawValue)] }

    /// Lines or records refused for any reason.
    package var malformedTotal: UInt64 { malformed.reduce(0, +) }

    /// Metrics of which there may be any have numbers below this.
    package var metricBound: Int { cells.count }

    /// Bytes of the numbers of all metrics.
    package var byteCount: Int { cells.byteCount }

    /// The events of one metric. O(1).
    package func events(of metric: MetricID) -> UInt64 { cells.events(of: metric) }

    /// The numbers of one metric of that catalog. O(1).
    package func numbers(of metric: MetricID, in catalog: MetricCatalog) -> MetricNumbers {
        cells.numbers(of: metric, catalog.type(of: metric))
    }
}
