import StatsModel

/// One event in the Protocol Buffers codec: field 1 of `Packet` in `stats.proto`, with its length in front.
///
/// Layout: https://protobuf.dev/programming-guides/encoding. Fields are written in the order of their numbers. Fields with their
/// default value are left out, as in every runtime. `rate` and `timestamp` are different: they have presence, so a default is not
/// the same as a missing field.
enum ProtobufRecord {
    /// Keys on the wire: the field number, with the wire type in the low three bits.
    enum Tag {
        static let event: UInt8 = 1 << 3 | 2
        static let type: UInt8 = 1 << 3
        static let name: UInt8 = 2 << 3 | 2
        static let tags: UInt8 = 3 << 3 | 2
        static let value: UInt8 = 4 << 3 | 1
        static let rate: UInt8 = 5 << 3 | 1
        static let timestamp: UInt8 = 6 << 3 | 1
        static let isStated: UInt8 = 7 << 3
        static let isDelta: UInt8 = 8 << 3
        static let count: UInt8 = 9 << 3
        static let fields: UInt8 = 10 << 3 | 2
        static let text: UInt8 = 11 << 3 | 2
    }

    @inline(__always)
    static func varintSize(_ number: Int) -> Int { (70 - (UInt64(number) | 1).leadingZeroBitCount) / 7 }

    /// Bytes of a string field: key, length and contents.
    @inline(__always)
    private static func stringSize(_ count: Int) -> Int { 1 + varintSize(count) + count }

    /// Bytes of the event without its own key and length. nil if a field is longer than 65535 bytes.
    @inline(__always)
    static func bodySize(_ event: StatEvent, _ key: MetricCatalog.Key, keys: Span<UInt8>, text: ByteRange) -> Int? {
        let longest = max(max(key.name.count, key.tags.count), max(key.extra.count, text.count))
        guard longest <= 0xFFFF else { return nil }
        var size = stringSize(key.name.count) + 9
        if key.type != .counter { size += 2 }
        if !key.tags.isEmpty { size += tagsSize(keys, key.tags.range) }
        if carriesValue(event, key) { size += 9 }
        if event.rate != 1 { size += 9 }
        if event.flags.contains(.explicitTimestamp) { size += 2 }
        if isDelta(event, key) { size += 2 }
        if event.count != 1 { size += 1 + varintSize(Int(event.count)) }
        if !key.extra.isEmpty { size += stringSize(key.extra.count) }
        if !text.isEmpty { size += stringSize(text.count) }
        return size
    }

    @inline(__always)
    private static func tagsSize(_ keys: Span<UInt8>, _ tags: Range<Int>) -> Int {
        // No tag is longer than all tags together, so each length takes one byte. A tag takes its key and its length, and the
        // commas are left out.
        if tags.count < 128 { return tags.count + 2 + keys.count(of: UInt8(ascii: ","), in: tags) }
        var size = 0
        TagList.forEach(keys, tags) { size += stringSize($0.count) }
        return size
    }

    /// A value with all bits zero is the default. Minus zero is not.
    @inline(__always)
    private static func carriesValue(_ event: StatEvent, _ key: MetricCatalog.Key) -> Bool {
        BinaryRecord.carriesValue(key.type) && event.value.bitPattern != 0
    }

    @inline(__always)
    private static func isDelta(_ event: StatEvent, _ key: MetricCatalog.Key) -> Bool {
        key.type == .gauge && event.flags.contains(.gaugeDelta)
    }

    /// Bytes of the record for a body of `bodySize` bytes.
    static func size(bodySize: Int) -> Int { 1 + varintSize(bodySize) + bodySize }

    /// Writes the record at `offset`, where the caller made sure that ``size(bodySize:)`` bytes fit. Returns the offset after the
    /// record.
    static func write(
        _ event: StatEvent, _ key: MetricCatalog.Key, keys: Span<UInt8>, text: ByteRange, texts: Span<UInt8>,
        bodySize: Int, into buffer: UnsafeMutableRawBufferPointer, at offset: Int
    ) -> Int {
        unsafe buffer.storeLittle(Tag.event, at: offset)
        var end = unsafe BinaryRecord.write(UInt64(bodySize), into: buffer, at: offset + 1)
        if key.type != .counter { end = unsafe pair(Tag.type, key.type.rawValue, into: buffer, at: end) }
        end = unsafe string(Tag.name, keys, key.name.range, into: buffer, at: end)
        if !key.tags.isEmpty {
            TagList.forEach(keys, key.tags.range) { end = unsafe string(Tag.tags, keys, $0, into: buffer, at: end) }
        }
        if carriesValue(event, key) { end = unsafe fixed(Tag.value, event.value.bitPattern, into: buffer, at: end) }
        if event.rate != 1 { end = unsafe fixed(Tag.rate, event.rate.bitPattern, into: buffer, at: end) }
        end = unsafe fixed(Tag.timestamp, UInt64(bitPattern: event.timestamp), into: buffer, at: end)
        if event.flags.contains(.explicitTimestamp) { end = unsafe pair(Tag.isStated, 1, into: buffer, at: end) }
        if isDelta(event, key) { end = unsafe pair(Tag.isDelta, 1, into: buffer, at: end) }
        if event.count != 1 {
            unsafe buffer.storeLittle(Tag.count, at: end)
            end = unsafe BinaryRecord.write(UInt64(event.count), into: buffer, at: end + 1)
        }
        if !key.extra.isEmpty { end = unsafe string(Tag.fields, keys, key.extra.range, into: buffer, at: end) }
        if !text.isEmpty { end = unsafe string(Tag.text, texts, text.range, into: buffer, at: end) }
        return end
    }

    @inline(__always)
    private static func pair(
        _ tag: UInt8, _ value: UInt8, into buffer: UnsafeMutableRawBufferPointer, at offset: Int
    ) -> Int {
        unsafe buffer.storeLittle(UInt16(tag) | UInt16(value) << 8, at: offset)
        return offset + 2
    }

    @inline(__always)
    private static func fixed(
        _ tag: UInt8, _ bits: UInt64, into buffer: UnsafeMutableRawBufferPointer, at offset: Int
    ) -> Int {
        unsafe buffer.storeLittle(tag, at: offset)
        unsafe buffer.storeLittle(bits, at: offset + 1)
        return offset + 9
    }

    @inline(__always)
    private static func string(
        _ tag: UInt8, _ source: Span<UInt8>, _ range: Range<Int>, into buffer: UnsafeMutableRawBufferPointer, at offset: Int
    ) -> Int {
        unsafe buffer.storeLittle(tag, at: offset)
        let end = unsafe BinaryRecord.write(UInt64(range.count), into: buffer, at: offset + 1)
        return unsafe BinaryRecord.copy(source, ByteRange(range), into: buffer, at: end)
    }
}
