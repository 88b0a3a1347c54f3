package import StatsModel
package import StatsWire

/// ``EventTotals`` without a catalog of its own: several of them, which watch the same metrics at several places, share
/// one, so that each name is kept once.
///
/// Memory: 24 bytes for each metric up to the highest number recorded, 40 more for timings, histograms and distributions.
package struct EventSums: Sendable {
    private var sums = MetricSums()
    /// Counts by ``MalformedReason``'s raw value.
    private var malformed: [UInt64]
    private var decoder = EventDecoder()

    package init() {
        let reasons = Int(MalformedReason.allCases.map(\.rawValue).max() ?? 0) + 1
        malformed = Array(repeating: 0, count: reasons)
    }

    /// Events per type, and the digest of what they said (``EventContent``).
    package var tally: Tally { sums.tally }
    /// The events of ``tally``, without the copy that asking a value this large costs.
    mutating func counts() -> TypeCounts { sums.tally.counts }
    /// Events of metrics for which the catalog had no room: in the tally, but in no metric's numbers.
    package var uncatalogued: TypeCounts { sums.uncatalogued }

    /// Counts one record, as ``EventTotals/record(_:bytes:timestamp:)``; its metric is numbered by `catalog`, the same at
    /// every call.
    package mutating func record(
        _ event: DecodedEvent, bytes: Span<UInt8>, timestamp: Int64, in catalog: inout MetricCatalog
    ) {
        sums.record(event, bytes, timestamp: timestamp, in: &catalog)
    }

    /// Counts several records, ``EventDecoder/batchLimit`` at most, of the same bytes.
    package mutating func record(
        _ events: Span<DecodedEvent>, bytes: Span<UInt8>, timestamp: Int64, in catalog: inout MetricCatalog
    ) {
        sums.record(events, bytes, timestamp: timestamp, in: &catalog)
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
        let before = sums.tally.counts
        decoder.beginPacket(bytes, header: header)
        drain(bytes, timestamp: Int64(bitPattern: header.timestamp), &catalog)
        var counts = sums.tally.counts
        counts.lanes &-= before.lanes
        return counts
    }

    /// Decodes a datagram of text and counts its events, as ``EventTotals/record(text:timestamp:)``.
    @discardableResult
    package mutating func record(
        text bytes: Span<UInt8>, timestamp: Int64, in catalog: inout MetricCatalog
    ) -> TypeCounts {
        let before = sums.tally.counts
        decoder.beginText(bytes)
        drain(bytes, timestamp: timestamp, &catalog)
        var counts = sums.tally.counts
        counts.lanes &-= before.lanes
        return counts
    }

    private mutating func drain(_ bytes: Span<UInt8>, timestamp: Int64, _ catalog: inout MetricCatalog) {
        decoder.forEachBatch(bytes) { events, bytes in
            sums.record(events, bytes, timestamp: timestamp, in: &catalog)
        } malformed: { reason, _ in
            malformed[Int(reason.rawValue)] += 1
        }
    }

    /// Lines or records refused for that reason.
    package func malformed(_ reason: MalformedReason) -> UInt64 { malformed[Int(reason.rawValue)] }

    /// Lines or records refused for any reason.
    package var malformedTotal: UInt64 { malformed.reduce(0, +) }

    /// Metrics of which there may be any have numbers below this.
    package var metricBound: Int { sums.cells.count }

    /// Bytes of the numbers of all metrics.
    package var byteCount: Int { sums.cells.byteCount }

    /// The events of one metric. O(1).
    package func events(of metric: MetricID) -> UInt64 { sums.cells.events(of: metric) }

    /// The numbers of one metric of that catalog. O(1).
    package func numbers(of metric: MetricID, in catalog: MetricCatalog) -> MetricNumbers {
        sums.cells.numbers(of: metric, catalog.type(of: metric))
    }
}
