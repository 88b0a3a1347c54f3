package import StatsModel

/// Look-ups of the metrics of several events at a time.
extension MetricCatalog {
    /// The places where the searches for a batch's metrics begin. The batch has at most ``EventDecoder/batchLimit`` events. The
    /// place of an event or service check is 0 and has no meaning. O(bytes of the keys).
    package func places(of events: Span<DecodedEvent>, _ bytes: Span<UInt8>) -> Places {
        var places = Places(repeating: 0)
        for index in 0..<events.count {
            let event = events[index]
            guard event.type.isMetric else { continue }
            places[index] = place(event.type, bytes, event.name, event.tags, event.extra)
        }
        return places
    }
}
