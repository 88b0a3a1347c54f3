/// Writes text straight into a datagram, and goes on counting where the room ends.
///
/// The bytes in `start..<limit` of the buffer belong to the writer; nothing is written outside them, and ``count`` says
/// how many a whole text would take.
@safe struct ByteWriter {
    private let buffer: UnsafeMutableRawBufferPointer
    private let start: Int
    private let limit: Int
    /// Where the next byte goes; beyond `limit` once the text no longer fits.
    private var position: Int

    /// Writes from `start` on. Traps where `start..<limit` is not inside the buffer.
    init(_ buffer: UnsafeMutableRawBufferPointer, from start: Int, to limit: Int) {
        precondition(start >= 0 && start <= limit && limit <= buffer.count, "a writer's room lies inside its buffer")
        unsafe self.buffer = buffer
        self.start = start
        self.limit = limit
        position = start
    }

    /// The bytes of the text so far, those that found no room included.
    var count: Int { position - start }

    @inline(__always)
    mutating func write(_ byte: UInt8) {
        // In bounds: start <= position < limit <= buffer.count, by the initialiser and this test.
        if position < limit { unsafe buffer.storeBytes(of: byte, toByteOffset: position, as: UInt8.self) }
        position &+= 1
    }

    @inline(__always)
    mutating func write(_ text: StaticString) {
        let count = text.utf8CodeUnitCount
        if count <= limit &- position {
            // In bounds by the test; the text's own bytes are `count` long.
            unsafe buffer.baseAddress.unsafelyUnwrapped.advanced(by: position)
                .copyMemory(from: text.utf8Start, byteCount: count)
        }
        position &+= count
    }

    /// Bytes as they are; where they do not fit, none is written. Traps where the range leaves them.
    @inline(__always)
    mutating func write(_ bytes: Span<UInt8>, _ range: Range<Int>) {
        precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count, "a run outside its bytes")
        if range.count <= limit &- position, !range.isEmpty {
            unsafe bytes.withUnsafeBytes { raw in
                // Both ends are in bounds: the precondition holds the source, the test the buffer.
                unsafe buffer.baseAddress.unsafelyUnwrapped.advanced(by: position).copyMemory(
                    from: raw.baseAddress.unsafelyUnwrapped.advanced(by: range.lowerBound), byteCount: range.count)
            }
        }
        position &+= range.count
    }

    /// A string of JSON in its quotes: `"`, `\` and control characters are escaped, other bytes stay as they are.
    mutating func write(quoted bytes: Span<UInt8>, _ range: Range<Int>) {
        write(UInt8(ascii: "\""))
        var index = range.lowerBound
        while index < range.upperBound {
            let start = index
            while index < range.upperBound, bytes[index].standsForItself { index &+= 1 }
            write(bytes, start..<index)
            guard index < range.upperBound else { break }
            let byte = bytes[index]
            index &+= 1
            if byte >= 0x20 {
                write(UInt8(ascii: "\\"))
                write(byte)
            } else {
                write("\\u00")
                write(byte < 0x10 ? UInt8(ascii: "0") : UInt8(ascii: "1"))
                write(byte & 15 < 10 ? UInt8(ascii: "0") + byte & 15 : UInt8(ascii: "a") - 10 + byte & 15)
            }
        }
        write(UInt8(ascii: "\""))
    }

    /// A whole number. O(digits).
    mutating func write(_ number: Int64) {
        if number < 0 { write(UInt8(ascii: "-")) }
        write(digits: number.magnitude)
    }

    /// The digits of a number, at least `least` of them, zeros in front.
    mutating func write(digits number: UInt64, least: Int = 1) {
        var count = 1
        var bound: UInt64 = 10
        while count < 20, count < least || number >= bound {
            count += 1
            bound = bound &* 10
        }
        // From the last digit to the first, so that every division is by the constant ten.
        var rest = number
        for offset in stride(from: count - 1, through: 0, by: -1) {
            if position &+ offset < limit {
                // In bounds: start <= position + offset < limit <= buffer.count.
                unsafe buffer.storeBytes(
                    of: UInt8(truncatingIfNeeded: rest % 10) &+ UInt8(ascii: "0"), toByteOffset: position &+ offset, as: UInt8.self)
            }
            rest /= 10
        }
        position &+= count
    }

    /// A finite number, in the fewest digits that read back as the same bits.
    ///
    /// A number of up to fifteen digits is the whole number `m` over 10^k with the least k for which `m / 10^k`, rounded
    /// once, is the number again; no other text of as many digits reads as the same. The rest as ``ShortestDigits`` finds
    /// them. Allocates nothing.
    mutating func write(_ number: Double) {
        precondition(number.isFinite, "a number that is not finite has no digits")
        if number.sign == .minus {
            // Readers take `-0` for a whole number, which has no such zero.
            if number == 0 { return write("-0.0") }
            write(UInt8(ascii: "-"))
        }
        let magnitude = number.magnitude
        if magnitude < 1e15 {
            let whole = UInt64(magnitude)
            if Double(whole) == magnitude { return write(digits: whole) }
            if write(decimals: magnitude) { return }
        }
        ShortestDigits(magnitude).write(to: &self)
    }

    /// Writes a number below 10^15 that has up to nine decimals and fifteen digits; false where it has more.
    private mutating func write(decimals magnitude: Double) -> Bool {
        var power: UInt64 = 1
        for decimals in 1...9 {
            power &*= 10
            let scaled = (magnitude * Double(power)).rounded()
            guard scaled < 1e15 else { return false }
            if scaled / Double(power) == magnitude {
                let whole = UInt64(scaled)
                write(digits: whole / power)
                write(UInt8(ascii: "."))
                write(digits: whole % power, least: decimals)
                return true
            }
        }
        return false
    }
}
