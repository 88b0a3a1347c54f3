/// A 64-bit hash of an event's content. Source, client and receiver share this definition, so that their tallies can be compared
/// although none of them sees the others' bytes.
///
/// It is ``Tally/content(key:value:rate:timestamp:text:)`` of:
///
/// - key: ``MetricCatalog/keyHash(of:)`` of a metric, or ``key(_:_:name:tags:extra:)`` of an event or service check. It is mixed
///   once more if a gauge's value is a change instead of a level, and with the count of a record that stands for several events.
/// - text: ``ByteHash`` of the set's member, the event's text or the check's message *without* escapes; 0 if it is empty
///
/// The hash does not cover the origin of the timestamp and the sender's escapes.
public enum EventContent {
    /// The content of one event of any type.
    ///
    /// - Parameters:
    ///   - metricKey: ``MetricCatalog/keyHash(of:)``; ignored for events and service checks
    ///   - flags: with `.escapedText`, `text` still contains its escapes
    ///   - timestamp: the time that is sent, in nanoseconds since 1970: the event's own, or that of recording
    ///   - bytes: the bytes that the ranges refer to
    ///   - name: used with `tags` and `extra` only for events and service checks
    ///   - count: the number of events that the record stands for
    ///
    /// O(bytes of the text, and of the key if it is hashed here). Allocates nothing.
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

    /// The hash of an event's key. For a metric it equals ``MetricCatalog/keyHash(of:)``, whether or not a catalog knows the
    /// metric. For events and service checks it covers name, tags and extra fields as they were sent.
    ///
    /// O(length of the key) for events and service checks. For metrics it sorts the tags and allocates, so ask the catalog if it
    /// knows the metric.
    public static func key(
        _ type: MetricType, _ bytes: Span<UInt8>, name: ByteRange, tags: ByteRange, extra: ByteRange
    ) -> UInt64 {
        guard type.isMetric, !(tags.isEmpty && extra.isEmpty) else {
            return MetricCatalog.hash(type, bytes, name: name, tags: tags, extra: extra)
        }
        let key = CanonicalKey(bytes, name: name, tags: tags, extra: extra)
        return MetricCatalog.hash(type, key.bytes.span, name: key.name, tags: key.tags, extra: key.extra)
    }

    /// ``ByteHash`` of a text without its escapes; 0 if it is empty. O(n), allocates nothing.
    public static func textHash(_ bytes: Span<UInt8>, _ text: ByteRange, isEscaped: Bool) -> UInt64 {
        if text.isEmpty { return 0 }
        return isEscaped ? EscapedText.hash(bytes, text) : ByteHash.hash(bytes, text.range)
    }
}
