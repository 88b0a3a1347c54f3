package import StatsModel
package import StatsWire

/// Everything that a stream of events adds up to, per type and per metric, wherever the stream was watched: as it was
/// offered, as it arrived, or as it died. Two streams that said the same have equal ``tally``.
///
/// Metrics are numbered by a catalog of its own and summed in an array indexed by that number. Events and service
/// checks are counted per type only, since their titles have no bound. A metric the catalog has no room for still
/// counts in the tally, and in ``uncatalogued``.
///
/// Memory is bounded by the catalog's limits; a metric already known allocates nothing.
package struct EventTotals: Sendable {
    /// The metrics seen, numbered in the order of first sight.
    package private(set) var catalog: MetricCatalog
    var sums = EventSums()

    package init(catalog: MetricCatalog = MetricCatalog()) {
        precondition(catalog.count == 0, "totals begin with an empty catalog")
        self.catalog = catalog
    }

    /// Events per type, and the digest of what they said (``EventContent``).
    package var tally: Tally { sums.tally }
    /// The events of ``tally``, for whoever may change the totals: asking that of a value this large costs a copy of it.
    package mutating func counts() -> TypeCounts { sums.counts() }
    /// Events of metrics for which the catalog had no room: in the tally, but in no metric's numbers.
    package var uncatalogued: TypeCounts { sums.uncatalogued }

    /// Counts one record: one event, or as many as it stands for.
    ///
    /// - Parameters:
    ///   - bytes: what the event's ranges point into (the datagram, or the decoder's scratch)
    ///   - timestamp: nanoseconds since 1970, used where the event states none
    ///
    /// O(bytes of the key and text).
    package mutating func record(_ event: DecodedEvent, bytes: Span<UInt8>, timestamp: Int64) {
        sums.record(event, bytes: bytes, timestamp: timestamp, in: &catalog)
    }

    /// Counts several records, ``EventDecoder/batchLimit`` at most, of the same bytes.
    package mutating func record(_ events: Span<DecodedEvent>, bytes: Span<UInt8>, timestamp: Int64) {
        sums.record(events, bytes: bytes, timestamp: timestamp, in: &catalog)
    }

    /// Counts a line or record that is no event.
    package mutating func recordMalformed(_ reason: MalformedReason) { sums.recordMalformed(reason) }

    /// Decodes a verified data packet and counts its events. Events that state no time get the packet's.
    ///
    /// Returns how many events of each type it held. Packets of other kinds hold none. O(bytes).
    @discardableResult
    package mutating func record(packet bytes: Span<UInt8>, header: PacketHeader) -> TypeCounts {
        sums.record(packet: bytes, header: header, in: &catalog)
    }

    /// Decodes a datagram of StatsD or DogStatsD text and counts its events. O(bytes).
    ///
    /// - Parameter timestamp: nanoseconds since 1970 at which the datagram was seen
    @discardableResult
    package mutating func record(text bytes: Span<UInt8>, timestamp: Int64) -> TypeCounts {
        sums.record(text: bytes, timestamp: timestamp, in: &catalog)
    }
}

extension EventTotals {
    /// Lines or records refused for that reason.
    package func malformed(_ reason: MalformedReason) -> UInt64 { sums.malformed(reason) }

    /// Lines or records refused for any reason.
    package var malformedTotal: UInt64 { sums.malformedTotal }

    /// The numbers of one metric of ``catalog``. O(1); a number of another catalog traps.
    package func numbers(of metric: MetricID) -> MetricNumbers { sums.numbers(of: metric, in: catalog) }

    /// Every metric with its names, in the order of first sight. O(n), allocates: for the end of a run.
    package var metrics: [MetricTotals] {
        (0..<catalog.count).map { index in
            let metric = MetricID(UInt32(index))
            let names = MetricNames(metric, in: catalog)
            return MetricTotals(
                type: catalog.type(of: metric), key: names.key, label: names.label, numbers: numbers(of: metric))
        }
    }
}
