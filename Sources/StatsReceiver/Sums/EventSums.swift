package import StatsModel
package import StatsWire

/// ``EventTotals`` without a catalog of its own. Several of them, which count the same metrics at several places, share one
/// catalog, so that each name is kept once.
///
/// Memory: 24 bytes for each metric up to the highest number recorded, and 40 more for each timing, histogram and distribution.
package struct EventSums: Sendable {
    private var sums = MetricSums()
    /// Counts by ``MalformedReason``'s raw value.
    private var malformed: [UInt64]
    private var decoder = EventDecoder()

    package init() {
        let reasons = Int(MalformedReason.allCases.map(\.rawValue).max() ?? 0) + 1
        malformed = Array(repeating: 0, count: reasons)
    }

    /// Events by type, and the digest of their contents (``EventContent``).
    package var tally: Tally { sums.tally }
    /// The event counts of ``tally``. The function is mutating because a non-mutating call would copy this large value.
    mutating func counts() -> TypeCounts { sums.tally.counts }
    /// Events of metrics for which the catalog had no room. The tally includes them, but no metric's values do.
    package var uncatalogued: TypeCounts { sums.uncatalogued }

    /// Counts one record, like ``EventTotals/record(_:bytes:timestamp:)``. `catalog` numbers its metric, and must be the same at
    /// every call.
    package mutating func record(
        _ event: DecodedEvent, bytes: Span<UInt8>, timestamp: Int64, in catalog: inout MetricCatalog
    ) {
        sums.record(event, bytes, timestamp: timestamp, in: &catalog)
    }

    /// Counts up to ``EventDecoder/batchLimit`` records of the same bytes.
    package mutating func record(
        _ events: Span<DecodedEvent>, bytes: Span<UInt8>, timestamp: Int64, in catalog: inout MetricCatalog
    ) {
        sums.record(events, bytes, timestamp: timestamp, in: &catalog)
    }

    /// The same for a caller that knows where the searches for their metrics begin (``MetricCatalog/places(of:_:)``), and has let
    /// memory fetch what they read.
    package mutating func record(
        _ events: Span<DecodedEvent>, at places: MetricCatalog.Places, bytes: Span<UInt8>, timestamp: Int64,
        in catalog: inout MetricCatalog
    ) {
        sums.record(events, places, bytes, timestamp: timestamp, in: &catalog)
    }

    /// Counts a line or record that is no event.
    package mutating func recordMalformed(_ reason: MalformedReason) {
        malformed[Int(reason.rawValue)] += 1
    }

    /// Decodes a verified data packet and counts its events, like ``EventTotals/record(packet:header:)``.
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

    private mutating func drain(_ bytes: Span<UInt8>, timestamp: Int64, _ catalog: inout MetricCatalog) {
        decoder.forEachBatch(bytes) { events, bytes in
            sums.record(events, bytes, timestamp: timestamp, in: &catalog)
        } malformed: { reason, _ in
            malformed[Int(reason.rawValue)] += 1
        }
    }

    /// The count of lines or records that were refused for this reason.
    package func malformed(_ reason: MalformedReason) -> UInt64 { malformed[Int(reason.rawValue)] }

    /// The count of lines or records that were refused for any reason.
    package var malformedTotal: UInt64 { malformed.reduce(0, +) }

    /// All metrics with events have numbers below this bound.
    package var metricBound: Int { sums.cells.count }

    /// The bytes that the values of all metrics take.
    package var byteCount: Int { sums.cells.byteCount }

    /// The number of events of one metric. O(1).
    package func events(of metric: MetricID) -> UInt64 { sums.cells.events(of: metric) }

    /// The values of one metric. `catalog` must be the one that numbered it. O(1).
    package func numbers(of metric: MetricID, in catalog: MetricCatalog) -> MetricNumbers {
        sums.cells.numbers(of: metric, catalog.type(of: metric))
    }
}
