import StatsModel

/// One event as a MessagePack map, with the keys and defaults of the JSON codec. A MessagePack library encodes the same object
/// to the same bytes.
///
/// The payload is an array of such maps. The encoder writes `value` if the type has one, `timestamp` and a set's `member` always,
/// and the other keys if they differ from their defaults. Whole numbers take the fewest bytes.
enum MessagePackRecord {
    /// Bytes of the array's header in front of the first record. It is always an array 16, so that its length is known in
    /// advance.
    static let headCount = 3

    /// The most bytes of the map's header, all keys except `tags`, the longest type, and numbers and lengths in their widest
    /// form.
    private static let widest = 1 + (5 + 3) + (5 + 14) + (6 + 9) + (5 + 9) + (10 + 9) + (6 + 1) + (6 + 9) + (7 + 3) + (7 + 3)

    /// An upper bound of the record's bytes. nil if a field is longer than 65535 bytes. O(1).
    @inline(__always)
    static func bound(_ key: MetricCatalog.Key, text: ByteRange) -> Int? {
        let tags = key.tags.count
        let longest = max(max(key.name.count, tags), max(key.extra.count, text.count))
        guard longest <= 0xFFFF else { return nil }
        // `tags` and the array's header take 8 bytes. Each tag takes one byte in place of its comma, the last one too, and two
        // more from 32 bytes on.
        return widest + key.name.count + (8 + tags + 1 + tags / 32 * 2) + key.extra.count + text.count
    }

    /// The exact bytes of the record. nil if a field is longer than 65535 bytes, or if there are more than 65535 tags.
    @inline(__always)
    static func exactSize(
        _ event: StatEvent, _ key: MetricCatalog.Key, keys: Span<UInt8>, text: ByteRange
    ) -> Int? {
        let longest = max(max(key.name.count, key.tags.count), max(key.extra.count, text.count))
        guard longest <= 0xFFFF else { return nil }
        // fixmap 1; "name" 5, "type" 5, "timestamp" 10.
        var size = 1 + 5 + MessagePackSize.string(key.name.count) + 5 + MessagePackSize.string(name(of: key.type).utf8CodeUnitCount)
        size += 10 + MessagePackSize.integer(event.timestamp)
        if BinaryRecord.carriesValue(key.type) { size += 6 + MessagePackSize.number(event.value) }
        if !key.tags.isEmpty { size += 5 + tagsSize(keys, key.tags.range) }
        if event.rate != 1 { size += 5 + MessagePackSize.number(event.rate) }
        if isDelta(event, key) { size += 6 + 1 }
        if event.count != 1 { size += 6 + MessagePackSize.integer(Int64(event.count)) }
        if !key.extra.isEmpty { size += 7 + MessagePackSize.string(key.extra.count) }
        if key.type == .set {
            size += 7 + MessagePackSize.string(text.count)
        } else if !text.isEmpty {
            size += 5 + MessagePackSize.string(text.count)
        }
        return size
    }

    private static func isDelta(_ event: StatEvent, _ key: MetricCatalog.Key) -> Bool {
        key.type == .gauge && event.flags.contains(.gaugeDelta)
    }

    private static func tagsSize(_ keys: Span<UInt8>, _ tags: Range<Int>) -> Int {
        var count = 0
        var size = 0
        TagList.forEach(keys, tags) { tag in
            count += 1
            size += MessagePackSize.string(tag.count)
        }
        return size + (count < 16 ? 1 : 3)
    }

    /// Writes the record at `offset`, where the caller made sure that ``exactSize(_:_:keys:text:)`` bytes fit. Returns the offset
    /// after the record.
    static func write(
        _ event: StatEvent, _ key: MetricCatalog.Key, keys: Span<UInt8>, text: ByteRange, texts: Span<UInt8>,
        into buffer: UnsafeMutableRawBufferPointer, at offset: Int
    ) -> Int {
        var writer = unsafe MessagePackWriter(buffer, at: offset)
        let carriesValue = BinaryRecord.carriesValue(key.type)
        let hasText = key.type == .set || !text.isEmpty
        var entries = 3
        if carriesValue { entries += 1 }
        if !key.tags.isEmpty { entries += 1 }
        if event.rate != 1 { entries += 1 }
        if isDelta(event, key) { entries += 1 }
        if event.count != 1 { entries += 1 }
        if !key.extra.isEmpty { entries += 1 }
        if hasText { entries += 1 }
        writer.map(count: entries)
        writer.string("name")
        writer.string(keys, key.name.range)
        writer.string("type")
        write(key.type, to: &writer)
        if carriesValue {
            writer.string("value")
            writer.number(event.value)
        }
        if !key.tags.isEmpty {
            writer.string("tags")
            writer.array(count: keys.count(of: UInt8(ascii: ","), in: key.tags.range) + 1)
            TagList.forEach(keys, key.tags.range) { writer.string(keys, $0) }
        }
        if event.rate != 1 {
            writer.string("rate")
            writer.number(event.rate)
        }
        writer.string("timestamp")
        writer.integer(event.timestamp)
        if isDelta(event, key) {
            writer.string("delta")
            writer.bool(true)
        }
        if event.count != 1 {
            writer.string("count")
            writer.integer(Int64(event.count))
        }
        if !key.extra.isEmpty {
            writer.string("fields")
            writer.string(keys, key.extra.range)
        }
        if hasText {
            if key.type == .set { writer.string("member") } else { writer.string("text") }
            writer.string(texts, text.range)
        }
        return writer.end
    }

    /// Each case is written out, so that the compiler stores each word as a constant.
    @inline(__always)
    private static func write(_ type: MetricType, to writer: inout MessagePackWriter) {
        switch type {
        case .counter: writer.string("counter")
        case .gauge: writer.string("gauge")
        case .timing: writer.string("timing")
        case .histogram: writer.string("histogram")
        case .distribution: writer.string("distribution")
        case .set: writer.string("set")
        case .event: writer.string("event")
        case .serviceCheck: writer.string("service_check")
        }
    }

    private static func name(of type: MetricType) -> StaticString {
        switch type {
        case .counter: "counter"
        case .gauge: "gauge"
        case .timing: "timing"
        case .histogram: "histogram"
        case .distribution: "distribution"
        case .set: "set"
        case .event: "event"
        case .serviceCheck: "service_check"
        }
    }
}

/// Splits tags at their commas. Empty tags are kept, so that the receiver gets the same bytes.
enum TagList {
    /// `tags` must not be empty.
    @inline(__always)
    static func forEach(_ keys: Span<UInt8>, _ tags: Range<Int>, _ body: (Range<Int>) -> Void) {
        var start = tags.lowerBound
        while true {
            let stop = keys.firstIndex(of: UInt8(ascii: ","), in: start..<tags.upperBound)
            body(start..<stop)
            guard stop < tags.upperBound else { return }
            start = stop + 1
        }
    }
}
