import StatsModel

/// One event in the binary codec. Numbers are little-endian, and a record needs no other record to be read.
///
/// | offset | bytes | field |
/// |---|---|---|
/// | 0 | 1 | type in bits 0...3; bit 4: a rate follows; 5: a text follows; 6: extra fields follow; 7: a gauge's change |
/// | 1 | 1 | bit 0: the sender stated the timestamp itself; bit 1: a count follows; the others zero |
/// | 2 | 2 | bytes of the name |
/// | 4 | 2 | bytes of the tags |
/// | 6 | | name, then tags joined by commas |
/// | | 8 | value, IEEE 754; absent in sets and events |
/// | | 8 | sample rate, IEEE 754 in (0, 1], if bit 4 is set; else it is 1 |
/// | | 1...10 | timestamp: nanoseconds relative to the packet's, zigzag, then base 128, low groups first |
/// | | 1...4 | count: how many events the record stands for, base 128, low groups first, if bit 1 of offset 1 is set |
/// | | 2 + n | length and bytes of the extra fields, if bit 6 is set |
/// | | 2 + n | length and bytes of the member, text or message, if bit 5 is set |
///
/// `Sources/FORMATS.md` has the same layout with an example.
enum BinaryRecord {
    static let hasRate: UInt8 = 0x10
    static let hasText: UInt8 = 0x20
    static let hasExtra: UInt8 = 0x40
    static let isDelta: UInt8 = 0x80
    static let isExplicit: UInt8 = 0x01
    static let hasCount: UInt8 = 0x02
    static let headCount = 6

    static func carriesValue(_ type: MetricType) -> Bool { type != .set && type != .event }

    /// An upper bound of the record's bytes. nil if a field is longer than 65535 bytes.
    @inline(__always)
    static func bound(_ event: StatEvent, _ key: MetricCatalog.Key, text: ByteRange) -> Int? {
        let longest = max(max(key.name.count, key.tags.count), max(key.extra.count, text.count))
        guard longest <= 0xFFFF else { return nil }
        return headCount + key.name.count + key.tags.count + key.extra.count + text.count + 8 + 8 + 10 + 4 + 4
    }

    static func zigzag(_ value: Int64) -> UInt64 { UInt64(bitPattern: (value << 1) ^ (value >> 63)) }
    static func unzigzag(_ value: UInt64) -> Int64 { Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1) }

    /// The exact bytes of the record. `bound` must not be nil.
    static func exactSize(_ event: StatEvent, _ key: MetricCatalog.Key, text: ByteRange, relative: Int64) -> Int {
        var size = headCount + key.name.count + key.tags.count
        if carriesValue(key.type) { size += 8 }
        if event.rate != 1 { size += 8 }
        let bits = 64 - zigzag(relative).leadingZeroBitCount
        size += max(1, (bits + 6) / 7)
        if event.count != 1 { size += (32 - event.count.leadingZeroBitCount + 6) / 7 }
        if !key.extra.isEmpty { size += 2 + key.extra.count }
        if !text.isEmpty { size += 2 + text.count }
        return size
    }

    /// Writes the record at `offset`, where the caller made sure that `exactSize` bytes fit. Returns the offset after the record.
    static func write(
        _ event: StatEvent, _ key: MetricCatalog.Key, keys: Span<UInt8>, text: ByteRange, texts: Span<UInt8>,
        relative: Int64, into buffer: UnsafeMutableRawBufferPointer, at offset: Int
    ) -> Int {
        var first = key.type.rawValue
        if event.rate != 1 { first |= hasRate }
        if !text.isEmpty { first |= hasText }
        if !key.extra.isEmpty { first |= hasExtra }
        if key.type == .gauge, event.flags.contains(.gaugeDelta) { first |= isDelta }
        unsafe buffer.storeLittle(first, at: offset)
        let count = event.count
        let second = (event.flags.contains(.explicitTimestamp) ? isExplicit : 0) | (count != 1 ? hasCount : 0)
        unsafe buffer.storeLittle(second, at: offset + 1)
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
        end = unsafe write(zigzag(relative), into: buffer, at: end)
        if count != 1 { end = unsafe write(UInt64(count), into: buffer, at: end) }
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

    /// Writes a number in base 128, low groups first. The caller made sure that it fits. Returns the offset after it.
    @inline(__always)
    static func write(_ number: UInt64, into buffer: UnsafeMutableRawBufferPointer, at offset: Int) -> Int {
        var number = number
        var end = offset
        while number >= 0x80 {
            unsafe buffer.storeLittle(UInt8(truncatingIfNeeded: number) | 0x80, at: end)
            number >>= 7
            end += 1
        }
        unsafe buffer.storeLittle(UInt8(number), at: end)
        return end + 1
    }

    @inline(__always)
    static func copy(
        _ source: Span<UInt8>, _ range: ByteRange, into buffer: UnsafeMutableRawBufferPointer, at offset: Int
    ) -> Int {
        let count = range.count
        guard count > 0 else { return offset }
        precondition(Int(range.upper) <= source.count && offset <= buffer.count - count, "a copy outside its buffers")
        unsafe source.withUnsafeBytes { raw in
            // Both ranges lie inside their buffers: see the precondition above.
            unsafe buffer.baseAddress?.advanced(by: offset).copyMemory(
                from: raw.baseAddress.unsafelyUnwrapped.advanced(by: Int(range.lower)), byteCount: count)
        }
        return offset + count
    }

    /// The result of reading a record at an offset of a payload.
    enum Reading {
        /// An event, and the offset after it. Its ranges refer to the payload's bytes.
        case event(DecodedEvent, next: Int)
        /// A record with an impossible content. The next record begins at `next`.
        case malformed(MalformedReason, next: Int)
        /// A record without a recognisable end. Everything after it is lost too.
        case lost(MalformedReason)
    }

    /// Reads the record at `offset` of a payload that ends at `end`, which is not beyond the bytes. O(1), since strings are not
    /// copied.
    static func read(_ bytes: Span<UInt8>, at offset: Int, end: Int, packetTime: Int64) -> Reading {
        guard end - offset >= headCount else { return .lost(.truncatedRecord) }
        let first = bytes[offset]
        let second = bytes[offset + 1]
        guard let type = MetricType(rawValue: first & 0x0F) else { return .lost(.unknownType) }
        guard second & ~(isExplicit | hasCount) == 0 else { return .lost(.badRecord) }
        let nameEnd = offset + headCount + Int(bytes.little(offset + 2, as: UInt16.self))
        let tagsEnd = nameEnd + Int(bytes.little(offset + 4, as: UInt16.self))
        var event = DecodedEvent(
            type: type, flags: second & isExplicit != 0 ? .explicitTimestamp : [],
            name: ByteRange(lower: UInt32(truncatingIfNeeded: offset + headCount), upper: UInt32(truncatingIfNeeded: nameEnd)),
            tags: ByteRange(lower: UInt32(truncatingIfNeeded: nameEnd), upper: UInt32(truncatingIfNeeded: tagsEnd)))
        var position = tagsEnd
        if carriesValue(type) {
            guard end - position >= 8 else { return .lost(.truncatedRecord) }
            event.value = Double(bitPattern: bytes.little(position, as: UInt64.self))
            position += 8
        }
        if first & hasRate != 0 {
            guard end - position >= 8 else { return .lost(.truncatedRecord) }
            event.rate = Double(bitPattern: bytes.little(position, as: UInt64.self))
            position += 8
        }
        switch number(bytes, at: position, end: end) {
        case .success(let (number, next)):
            event.timestamp = packetTime &+ unzigzag(number)
            position = next
        case .failure(let fault): return .lost(fault.reason)
        }
        var isCountBad = false
        if second & hasCount != 0 {
            switch number(bytes, at: position, end: end) {
            case .success(let (number, next)):
                // A count of 1 must be left out, and an event or a service check always stands for itself alone.
                isCountBad = number < 2 || number > StatEvent.largestCount || !type.isAggregable
                event.count = UInt32(truncatingIfNeeded: number)
                position = next
            case .failure(let fault): return .lost(fault.reason)
            }
        }
        if first & hasExtra != 0 {
            guard let range = string(bytes, at: position, end: end) else { return .lost(.truncatedRecord) }
            event.extra = ByteRange(range)
            position = range.upperBound
        }
        if first & hasText != 0 {
            guard let range = string(bytes, at: position, end: end) else { return .lost(.truncatedRecord) }
            event.text = ByteRange(range)
            position = range.upperBound
        }
        if isCountBad { return .malformed(.badRecord, next: position) }
        if event.name.isEmpty { return .malformed(.emptyName, next: position) }
        guard event.rate > 0, event.rate <= 1 else { return .malformed(.badRate, next: position) }
        if type == .serviceCheck, !(event.value >= 0 && event.value <= 3 && event.value == event.value.rounded()) {
            return .malformed(.badCheckStatus, next: position)
        }
        if first & isDelta != 0 {
            guard type == .gauge else { return .malformed(.badRecord, next: position) }
            event.flags.insert(.gaugeDelta)
        }
        return .event(event, next: position)
    }

    struct NumberFault: Error {
        let reason: MalformedReason
    }

    /// Reads a number of up to 64 bits in base 128. Returns the number and the offset after it.
    @inline(__always)
    static func number(_ bytes: Span<UInt8>, at start: Int, end: Int) -> Result<(UInt64, Int), NumberFault> {
        var position = start
        var number: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            guard position < end else { return .failure(NumberFault(reason: .truncatedRecord)) }
            let byte = bytes[position]
            // The tenth byte has room for the 64th bit only.
            guard shift < 63 || byte <= 1 else { return .failure(NumberFault(reason: .badRecord)) }
            position += 1
            number |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return .success((number, position)) }
            shift += 7
        }
    }

    /// The range of a string after its 2-byte length. nil if the string is cut.
    @inline(__always)
    static func string(_ bytes: Span<UInt8>, at position: Int, end: Int) -> Range<Int>? {
        guard end - position >= 2 else { return nil }
        let start = position + 2
        let stop = start + Int(bytes.little(position, as: UInt16.self))
        return stop <= end ? start..<stop : nil
    }
}
