package import StatsModel

/// Looking up the metrics of several events at a time.
extension MetricCatalog {
    /// Where the searches for a batch's metrics begin; of events and service checks nothing that means anything.
    package typealias Places = InlineArray<16, UInt32>

    /// Lets memory fetch what looking up these events will read, for all at the same time. Changes nothing.
    ///
    /// - Parameter events: ``EventDecoder/batchLimit`` at most; as many places are told. O(bytes of the keys).
    package func prefetch(_ events: Span<DecodedEvent>, _ bytes: Span<UInt8>) -> Places {
        var places = Places(repeating: 0)
        for index in events.indices where events[index].type.isMetric {
            let place = place(
                events[index].type, bytes, events[index].name, events[index].tags, events[index].extra)
            places[index] = place
            prefetchPlace(place)
        }
        for index in events.indices where events[index].type.isMetric { prefetchRecord(places[index]) }
        return places
    }
}
