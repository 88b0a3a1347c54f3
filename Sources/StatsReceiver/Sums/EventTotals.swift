package import StatsModel
package import StatsWire

/// The sums of a stream of events, per type and per metric. Two streams with the same events have equal ``tally``.
///
/// The totals number metrics by a catalog of their own, and keep the sums in an array indexed by that number. Events and service
/// checks are counted per type only, since their titles have no bound. A metric without room in the catalog counts in the tally
/// and in ``uncatalogued``.
///
/// The catalog's limits bound the memory. An event of a known metric allocates nothing.
package struct EventTotals: Sendable {
    /// The metrics, numbered in the order of first appearance.
    package private(set) var catalog: MetricCatalog
    var sums = EventSums()

    package init(catalog: MetricCatalog = MetricCatalog()) {
        precondition(catalog.count == 0, "totals begin with an empty catalog")
        self.catalog = catalog
    }

    /// Events per type, and the digest of their contents (``EventContent``).
    package var tally: Tally { sums.tally }
    /// The event counts of ``tally``. The function is mutating because a non-mutating call would copy this large value.
    package mutating func counts() -> TypeCounts { sums.counts() }
    /// Events of metrics for which the catalog had no room. The tally includes them, but no metric's values do.
    package var uncatalogued: TypeCounts { sums.uncatalogued }

    /// Counts several records, ``EventDecoder/batchLimit`` at most. A record is one event, or as many as it stands for.
    ///
    /// - Parameters:
    ///   - bytes: the bytes that the events' ranges point into (the datagram, or the decoder's scratch)
    ///   - timestamp: nanoseconds since 1970, used for events that state none
    ///
    /// O(bytes of the keys and texts).
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

    /// The numbers of one metric of ``catalog``. O(1); a number of another catalog traps.
    package func numbers(of metric: MetricID) -> MetricNumbers { sums.numbers(of: metric, in: catalog) }
}
