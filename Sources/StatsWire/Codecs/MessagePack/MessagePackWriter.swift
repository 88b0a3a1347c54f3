import StatsModel

/// Writes MessagePack into a buffer. ``MessagePackSize`` computed the exact size before.
///
/// Layout: https://github.com/msgpack/msgpack/blob/master/spec.md. Numbers are big-endian.
@safe struct MessagePackWriter {
    private let buffer: UnsafeMutableRawBufferPointer
    private(set) var end: Int

    init(_ buffer: UnsafeMutableRawBufferPointer, at offset: Int) {
        unsafe self.buffer = buffer
        end = offset
    }

    @inline(__always)
    private mutating func big<Number: FixedWidthInteger>(_ number: Number) {
        unsafe buffer.storeLittle(number.byteSwapped, at: end)
        end += MemoryLayout<Number>.size
    }

    @inline(__always)
    mutating func byte(_ byte: UInt8) {
        unsafe buffer.storeLittle(byte, at: end)
        end += 1
    }

    /// The header of a map with up to 15 entries.
    @inline(__always)
    mutating func map(count: Int) { byte(0x80 | UInt8(count)) }

    @inline(__always)
    mutating func array(count: Int) {
        if count < 16 {
            byte(0x90 | UInt8(count))
        } else {
            byte(0xDC)
            big(UInt16(count))
        }
    }

    @inline(__always)
    mutating func string(_ text: StaticString) {
        let count = text.utf8CodeUnitCount
        byte(0xA0 | UInt8(count))
        unsafe precondition(count < 32 && end <= buffer.count - count, "a key outside the buffer")
        // Both ends are inside the buffer: see the line above.
        unsafe buffer.baseAddress?.advanced(by: end).copyMemory(from: text.utf8Start, byteCount: count)
        end += count
    }

    @inline(__always)
    mutating func string(_ source: Span<UInt8>, _ range: Range<Int>) {
        let count = range.count
        if count < 32 {
            byte(0xA0 | UInt8(count))
        } else if count < 256 {
            byte(0xD9)
            byte(UInt8(count))
        } else {
            byte(0xDA)
            big(UInt16(count))
        }
        end = unsafe BinaryRecord.copy(source, ByteRange(range), into: buffer, at: end)
    }

    @inline(__always)
    mutating func bool(_ value: Bool) { byte(value ? 0xC3 : 0xC2) }

    /// A whole number in the fewest bytes.
    mutating func integer(_ number: Int64) {
        switch number {
        case 0..<128: byte(UInt8(number))
        case -32..<0: byte(UInt8(truncatingIfNeeded: number))
        case 128..<256:
            byte(0xCC)
            byte(UInt8(number))
        case 256..<65_536:
            byte(0xCD)
            big(UInt16(number))
        case 65_536..<4_294_967_296:
            byte(0xCE)
            big(UInt32(number))
        case -128 ..< -32:
            byte(0xD0)
            byte(UInt8(truncatingIfNeeded: number))
        case -32_768 ..< -128:
            byte(0xD1)
            big(Int16(number))
        case -2_147_483_648 ..< -32_768:
            byte(0xD2)
            big(Int32(number))
        default:
            byte(0xD3)
            big(number)
        }
    }

    /// A number, as an integer if that has the same value in fewer bytes.
    @inline(__always)
    mutating func number(_ value: Double) {
        if let whole = MessagePackSize.whole(value) {
            integer(whole)
        } else {
            byte(0xCB)
            big(value.bitPattern)
        }
    }
}

/// The number of bytes that ``MessagePackWriter`` writes.
enum MessagePackSize {
    @inline(__always)
    static func string(_ count: Int) -> Int { count + (count < 32 ? 1 : count < 256 ? 2 : 3) }

    static func integer(_ number: Int64) -> Int {
        switch number {
        case -32..<128: 1
        case -128..<256: 2
        case -32_768..<65_536: 3
        case -2_147_483_648..<4_294_967_296: 5
        default: 9
        }
    }

    static func number(_ value: Double) -> Int { whole(value).map(integer) ?? 9 }

    /// The value as an integer that reads back as the same bits. nil if there is none, or if it would not be shorter.
    @inline(__always)
    static func whole(_ value: Double) -> Int64? {
        guard value.magnitude < 4_294_967_296 else { return nil }
        let whole = Int64(value)
        return Double(whole).bitPattern == value.bitPattern && whole >= -2_147_483_648 ? whole : nil
    }
}
