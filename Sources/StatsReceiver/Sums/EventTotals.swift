package import StatsModel
package import StatsWire

/// The totals of a stream of events, by type and by metric. The stream may be watched anywhere: events as they were offered, as
/// they arrived, or as they were lost. Two streams with the same contents have an equal ``tally``.
///
/// The totals have their own catalog, which numbers the metrics. Values are kept in an array indexed by that number. Events and
/// service checks are only counted by type, since their titles have no bound. A metric for which the catalog has no room still
/// counts in the tally, and in ``uncatalogued``.
///
/// Memory is bounded by the catalog's limits. Recording a known metric allocates nothing.
package struct EventTotals: Sendable {
    /// The metrics, numbered in the order of first appearance.
    package private(set) var catalog: MetricCatalog
    var sums = EventSums()

    package init(catalog: MetricCatalog = MetricCatalog()) {
        precondition(catalog.count == 0, "totals begin with an empty catalog")
        self.catalog = catalog
    }

    /// Events by type, and the digest of their contents (``EventContent``).
    package var tally: Tally { sums.tally }
    /// The event counts of ``tally``. The function is mutating because a non-mutating call would copy this large value.
    package mutating func counts() -> TypeCounts { sums.counts() }
    /// Events of metrics for which the catalog had no room. The tally includes them, but no metric's values do.
    package var uncatalogued: TypeCounts { sums.uncatalogued }

    /// Counts up to ``EventDecoder/batchLimit`` records of the same bytes.
    package mutating func record(_ events: Span<DecodedEvent>, bytes: Span<UInt8>, timestamp: Int64) {
        sums.record(events, bytes: bytes, timestamp: timestamp, in: &catalog)
    }

    /// Counts a line or record that is no event.
    package mutating func recordMalformed(_ reason: MalformedReason) { sums.recordMalformed(reason) }

    /// Decodes a verified data packet and counts its events. Events without a timestamp get the packet's.
    ///
    /// Returns the number of its events by type. Packets of other kinds contain none. O(bytes).
    @discardableResult
    package mutating func record(packet bytes: Span<UInt8>, header: PacketHeader) -> TypeCounts {
        sums.record(packet: bytes, header: header, in: &catalog)
    }
}

extension EventTotals {
    /// The count of lines or records that were refused for this reason.
    package func malformed(_ reason: MalformedReason) -> UInt64 { sums.malformed(reason) }

    /// The values of one metric of ``catalog``. O(1). Traps if the number belongs to another catalog and is too large for this
    /// one.
    package func numbers(of metric: MetricID) -> MetricNumbers { sums.numbers(of: metric, in: catalog) }
}
