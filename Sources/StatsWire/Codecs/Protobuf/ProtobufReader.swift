/// Reads the fields of a Protocol Buffers message one after the other. It accepts any bytes.
struct ProtobufReader {
    enum Value {
        case varint(UInt64)
        case fixed(UInt64)
        case short(UInt32)
        case bytes(Range<Int>)
    }

    struct Field {
        /// Field number and wire type, as on the wire.
        let tag: UInt64
        let value: Value
    }

    private(set) var position: Int
    let end: Int
    /// Whether the last field could not be read because it is longer than the bytes. False for an invalid field.
    private(set) var isCut = false

    init(position: Int, end: Int) {
        self.position = position
        self.end = end
    }

    /// The next field. nil at the end of the message, or if the next field cannot be read (``isCut`` gives the reason). Groups
    /// are obsolete and count as invalid.
    @inline(__always)
    mutating func field(_ bytes: Span<UInt8>) -> Field? {
        isCut = false
        guard let tag = varint(bytes) else { return nil }
        // Field numbers have 29 bits, and 0 is invalid.
        guard tag >> 3 != 0, tag >> 32 == 0 else { return nil }
        switch tag & 7 {
        case 0: return varint(bytes).map { Field(tag: tag, value: .varint($0)) }
        case 1: return take(8).map { Field(tag: tag, value: .fixed(bytes.little($0, as: UInt64.self))) }
        case 2:
            guard let length = varint(bytes) else { return nil }
            guard let start = take(Int(clamping: length)) else { return nil }
            return Field(tag: tag, value: .bytes(start..<position))
        case 5: return take(4).map { Field(tag: tag, value: .short(bytes.little($0, as: UInt32.self))) }
        default: return nil
        }
    }

    @inline(__always)
    private mutating func take(_ count: Int) -> Int? {
        guard count <= end - position else {
            isCut = true
            return nil
        }
        position += count
        return position - count
    }

    @inline(__always)
    private mutating func varint(_ bytes: Span<UInt8>) -> UInt64? {
        var number: UInt64 = 0
        var shift: UInt64 = 0
        while position < end {
            let byte = bytes[position]
            // The tenth byte has room for the 64th bit only.
            guard shift < 63 || byte <= 1 else { return nil }
            position += 1
            number |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return number }
            shift += 7
        }
        isCut = true
        return nil
    }
}
