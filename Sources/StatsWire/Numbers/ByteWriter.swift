/// Writes text straight into a datagram. If the room ends, it stops writing but goes on counting.
///
/// The writer owns the bytes `start..<limit` of the buffer, and writes nothing outside them. ``count`` is the length of the whole
/// text, even if it did not fit.
@safe struct ByteWriter {
    private let buffer: UnsafeMutableRawBufferPointer
    private let start: Int
    private let limit: Int
    /// The place of the next byte. It is beyond `limit` if the text did not fit.
    private var position: Int

    /// A writer for `start..<limit`. Traps if this range is not inside the buffer.
    init(_ buffer: UnsafeMutableRawBufferPointer, from start: Int, to limit: Int) {
        precondition(start >= 0 && start <= limit && limit <= buffer.count, "a writer's room lies inside its buffer")
        unsafe self.buffer = buffer
        self.start = start
        self.limit = limit
        position = start
    }

    /// The bytes of the text so far, including those that did not fit.
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
            // In bounds by the test. The text's own bytes are `count` long.
            unsafe buffer.baseAddress.unsafelyUnwrapped.advanced(by: position)
                .copyMemory(from: text.utf8Start, byteCount: count)
        }
        position &+= count
    }

    /// Copies bytes. If they do not fit, none is written. Traps if the range is outside `bytes`.
    @inline(__always)
    mutating func write(_ bytes: Span<UInt8>, _ range: Range<Int>) {
        precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count, "a run outside its bytes")
        if range.count <= limit &- position, !range.isEmpty {
            unsafe bytes.withUnsafeBytes { raw in
                // In bounds: the precondition protects the source, and the test protects the buffer.
                unsafe buffer.baseAddress.unsafelyUnwrapped.advanced(by: position).copyMemory(
                    from: raw.baseAddress.unsafelyUnwrapped.advanced(by: range.lowerBound), byteCount: range.count)
            }
        }
        position &+= range.count
    }

    /// Writes a JSON string with its quotes. `"`, `\` and control characters are escaped, other bytes are copied.
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

    /// Writes a whole number. O(digits).
    mutating func write(_ number: Int64) {
        if number < 0 { write(UInt8(ascii: "-")) }
        write(digits: number.magnitude)
    }

    /// Writes the digits of a number, at least `least` of them, with leading zeros.
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

    /// Writes a finite number in the fewest digits that read back as the same bits. Allocates nothing.
    ///
    /// A number with up to fifteen digits is `m / 10^k` with a whole number `m`. The least k is taken for which `m / 10^k`,
    /// rounded once, is the number again. No other text with as many digits reads as the same number. ``ShortestDigits`` finds
    /// the digits of all other numbers.
    mutating func write(_ number: Double) {
        precondition(number.isFinite, "a number that is not finite has no digits")
        if number.sign == .minus {
            // Readers take `-0` for a whole number, and whole numbers have no minus zero.
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

    /// Writes a number below 10^15 with up to nine decimals and fifteen digits. False if it has more digits.
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
