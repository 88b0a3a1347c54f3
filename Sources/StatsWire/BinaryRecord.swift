import StatsModel

/// One event in the binary codec, little-endian, self-contained.
///
/// | offset | bytes | field |
/// |---|---|---|
/// | 0 | 1 | type in bits 0...3; bit 4: a rate follows; 5: a text follows; 6: extra fields follow; 7: the gauge's value is a change |
/// | 1 | 1 | bit 0: the sender stated the timestamp itself; the others zero |
/// | 2 | 2 | bytes of the name |
/// | 4 | 2 | bytes of the tags |
/// | 6 | | name, then tags joined by commas |
/// | | 8 | value, IEEE 754; not for sets and events |
/// | | 8 | sample rate, where bit 4 says so |
/// | | 1...10 | timestamp: nanoseconds relative to the packet's, zigzag, then base 128, low groups first |
/// | | 2 + n | length and bytes of the extra fields, where bit 6 says so |
/// | | 2 + n | length and bytes of the member, text or message, where bit 5 says so |
enum BinaryRecord {
    static let hasRate: UInt8 = 0x10
    static let hasText: UInt8 = 0x20
    static let hasExtra: UInt8 = 0x40
    static let isDelta: UInt8 = 0x80
    static let isExplicit: UInt8 = 0x01
    static let headCount = 6

    static func carriesValue(_ type: MetricType) -> Bool { type != .set && type != .event }

    /// The most bytes such a record takes; nil when a field is longer than 65535 bytes.
    @inline(__always)
    static func bound(_ event: StatEvent, _ key: MetricCatalog.Key, text: ByteRange) -> Int? {
        let longest = max(max(key.name.count, key.tags.count), max(key.extra.count, text.count))
        guard longest <= 0xFFFF else { return nil }
        return headCount + key.name.count + key.tags.count + key.extra.count + text.count + 8 + 8 + 10 + 4
    }

    static func zigzag(_ value: Int64) -> UInt64 { UInt64(bitPattern: (value << 1) ^ (value >> 63)) }
    static func unzigzag(_ value: UInt64) -> Int64 { Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1) }

    /// The exact bytes of the record; `bound` must not be nil.
    static func exactSize(_ event: StatEvent, _ key: MetricCatalog.Key, text: ByteRange, relative: Int64) -> Int {
        var size = headCount + key.name.count + key.tags.count
        if carriesValue(key.type) { size += 8 }
        if event.rate != 1 { size += 8 }
        let bits = 64 - zigzag(relative).leadingZeroBitCount
        size += max(1, (bits + 6) / 7)
        if !key.extra.isEmpty { size += 2 + key.extra.count }
        if !text.isEmpty { size += 2 + text.count }
        return size
    }

    /// Writes the record at `offset`; the caller made sure that `exactSize` bytes fit. Returns the offset behind it.
    static func write(
        _ event: StatEvent, _ key: MetricCatalog.Key, keys: Span<UInt8>, text: ByteRange, texts: Span<UInt8>,
        relative: Int64, into buffer: UnsafeMutableRawBufferPointer, at offset: Int
    ) -> Int {
        var first = key.type.rawValue
        if event.rate != 1 { first |= hasRate }
        if !text.isEmpty { first |= hasText }
        if !key.extra.isEmpty { first |= hasExtra }
        if event.flags.contains(.gaugeDelta) { first |= isDelta }
        unsafe buffer.storeLittle(first, at: offset)
        unsafe buffer.storeLittle(event.flags.contains(.explicitTimestamp) ? isExplicit : 0, at: offset + 1)
        unsafe buffer.storeLittle(UInt16(key.name.count), at: offset + 2)
        unsafe buffer.storeLittle(UInt16(key.tags.count), at: offset + 4)
        var end = offset + headCount
        end = unsafe copy(keys, key.name, into: buffer, at: end)
        end = unsafe copy(keys, key.tags, into: buffer, at: end)
        if carriesValue(key.type) {
            unsafe buffer.storeLittle(event.value.bitPattern, at: end)
            end += 8
        }
        if event.rate != 1 {
            unsafe buffer.storeLittle(event.rate.bitPattern, at: end)
            end += 8
        }
        var number = zigzag(relative)
        while number >= 0x80 {
            unsafe buffer.storeLittle(UInt8(truncatingIfNeeded: number) | 0x80, at: end)
            number >>= 7
            end += 1
        }
        unsafe buffer.storeLittle(UInt8(number), at: end)
        end += 1
        if !key.extra.isEmpty {
            unsafe buffer.storeLittle(UInt16(key.extra.count), at: end)
            end = unsafe copy(keys, key.extra, into: buffer, at: end + 2)
        }
        if !text.isEmpty {
            unsafe buffer.storeLittle(UInt16(text.count), at: end)
            end = unsafe copy(texts, text, into: buffer, at: end + 2)
        }
        return end
    }

    @inline(__always)
    private static func copy(
        _ source: Span<UInt8>, _ range: ByteRange, into buffer: UnsafeMutableRawBufferPointer, at offset: Int
    ) -> Int {
        let count = range.count
        guard count > 0 else { return offset }
        precondition(Int(range.upper) <= source.count && offset <= buffer.count - count, "a copy outside its buffers")
        unsafe source.withUnsafeBytes { raw in
            // Both ranges lie inside their buffers, by the precondition above.
            unsafe buffer.baseAddress?.advanced(by: offset).copyMemory(
                from: raw.baseAddress.unsafelyUnwrapped.advanced(by: Int(range.lower)), byteCount: count)
        }
        return offset + count
    }

    /// Reads the record at `offset` of a payload that ends at `end`. nil when it is cut or its type is none; else the
    /// event and the offset behind it. Ranges are into `bytes`.
    static func read(_ bytes: Span<UInt8>, at offset: Int, end: Int, packetTime: Int64) -> (DecodedEvent, Int)? {
        guard end <= bytes.count, offset >= 0, end - offset >= headCount + 1 else { return nil }
        let first = bytes[offset]
        let second = bytes[offset + 1]
        guard let type = MetricType(rawValue: first & 0x0F), second & ~isExplicit == 0 else { return nil }
        guard first & isDelta == 0 || type == .gauge else { return nil }
        let nameEnd = offset + headCount + Int(bytes.little(offset + 2, as: UInt16.self))
        let tagsEnd = nameEnd + Int(bytes.little(offset + 4, as: UInt16.self))
        guard nameEnd > offset + headCount, tagsEnd < end else { return nil }
        var event = DecodedEvent(
            type: type, name: ByteRange(offset + headCount..<nameEnd), tags: ByteRange(nameEnd..<tagsEnd))
        var position = tagsEnd
        if carriesValue(type) {
            guard end - position >= 8 else { return nil }
            event.value = Double(bitPattern: bytes.little(position, as: UInt64.self))
            guard type != .serviceCheck || (0...3).contains(event.value) && event.value.rounded() == event.value else { return nil }
            position += 8
        }
        if first & hasRate != 0 {
            guard end - position >= 8 else { return nil }
            event.rate = Double(bitPattern: bytes.little(position, as: UInt64.self))
            guard event.rate > 0, event.rate <= 1 else { return nil }
            position += 8
        }
        var number: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            guard position < end, shift < 64 else { return nil }
            let byte = bytes[position]
            position += 1
            number |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { break }
            shift += 7
        }
        event.timestamp = packetTime &+ unzigzag(number)
        for isExtra in [true, false] where first & (isExtra ? hasExtra : hasText) != 0 {
            guard end - position >= 2 else { return nil }
            let start = position + 2
            let stop = start + Int(bytes.little(position, as: UInt16.self))
            guard stop <= end else { return nil }
            if isExtra { event.extra = ByteRange(start..<stop) } else { event.text = ByteRange(start..<stop) }
            position = stop
        }
        if first & isDelta != 0 { event.flags.insert(.gaugeDelta) }
        if second & isExplicit != 0 { event.flags.insert(.explicitTimestamp) }
        return (event, position)
    }
}
