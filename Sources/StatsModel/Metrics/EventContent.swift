/// What one event says, as 64 bits: the definition that source, client and receiver share, so that their
/// tallies can be compared although none of them sees the others' bytes.
///
/// Layout: ``Tally/content(key:value:rate:timestamp:text:)`` over
/// - key: of a metric ``MetricCatalog/keyHash(of:)``; of an event or service check ``key(_:_:name:tags:extra:)``;
///   mixed once more where a gauge's value is a change instead of a level, and with the count of a record that stands
///   for several events
/// - text: ``ByteHash`` of the set's member, the event's text or the check's message as it reads *without* escapes;
///   0 where it is empty
///
/// Not part of it: where the timestamp came from, and how the sender escaped its text.
public enum EventContent {
    /// The content of one event of any type.
    ///
    /// - Parameters:
    ///   - metricKey: ``MetricCatalog/keyHash(of:)``; not looked at for events and service checks
    ///   - flags: with `.escapedText`, `text` still holds its escapes
    ///   - timestamp: nanoseconds since 1970, the one that is sent: the event's own, or when it was recorded
    ///   - bytes: what the ranges point into
    ///   - name: with `tags` and `extra` looked at only for events and service checks
    ///   - count: how many events the record stands for
    ///
    /// O(bytes of the text, and of the key where it is hashed here); allocates nothing.
    public static func hash(
        _ type: MetricType, metricKey: UInt64, value: Double, rate: Double, timestamp: Int64, flags: EventFlags,
        bytes: Span<UInt8>, name: ByteRange, tags: ByteRange, extra: ByteRange, text: ByteRange,
        count: UInt32 = 1
    ) -> UInt64 {
        var key = type.isMetric ? metricKey : key(type, bytes, name: name, tags: tags, extra: extra)
        if type == .gauge, flags.contains(.gaugeDelta) { key = KeyedRandom.mix(key &+ 1) }
        if count != 1 { key = KeyedRandom.mix(key ^ UInt64(count) << 32) }
        return Tally.content(
            key: key, value: value, rate: rate, timestamp: timestamp,
            text: textHash(bytes, text, isEscaped: flags.contains(.escapedText)))
    }

    /// The hash of an event's key: the same as ``MetricCatalog/keyHash(of:)`` for a metric, whether or not a catalog
    /// knows it; for events and service checks that of name, tags and extra fields as they stand.
    ///
    /// O(length of the key) for events and service checks; for metrics it sorts the tags and allocates, so ask the
    /// catalog where it knows the metric.
    public static func key(
        _ type: MetricType, _ bytes: Span<UInt8>, name: ByteRange, tags: ByteRange, extra: ByteRange
    ) -> UInt64 {
        guard type.isMetric, !(tags.isEmpty && extra.isEmpty) else {
            return MetricCatalog.hash(type, bytes, name: name, tags: tags, extra: extra)
        }
        let key = CanonicalKey(bytes, name: name, tags: tags, extra: extra)
        return MetricCatalog.hash(type, key.bytes.span, name: key.name, tags: key.tags, extra: key.extra)
    }

    /// ``ByteHash`` of a text without its escapes; 0 where it is empty. O(n), allocates nothing.
    public static func textHash(_ bytes: Span<UInt8>, _ text: ByteRange, isEscaped: Bool) -> UInt64 {
        if text.isEmpty { return 0 }
        return isEscaped ? EscapedText.hash(bytes, text) : ByteHash.hash(bytes, text.range)
    }
}
