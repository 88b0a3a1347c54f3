/// Reads decimal numbers in StatsD's notation, as the nearest `Double`.
enum Decimal {
    /// 10^0...10^22, which are exact doubles.
    private static let powers: [Double] = [
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
        1e21, 1e22,
    ]

    /// 5^0...5^27, all below 2^63.
    private static let fives: [UInt64] = (0...27).map { (0..<$0).reduce(1) { power, _ in power * 5 } }

    /// The smallest mantissa that takes no further digit. 19 digits always fit into 64 bits.
    private static let fullMantissa: UInt64 = 1_000_000_000_000_000_000

    /// Reads `[+-]digits[.digits][e[+-]digits]` from the whole range, or returns nil. Infinity, NaN, hexadecimal digits and
    /// blanks are refused.
    ///
    /// The result is always the nearest `Double`, ties to even. A mantissa below 2^53 and a power of ten up to 22 need one exact
    /// operation (Clinger, 1990). Up to 19 digits and powers up to 27 are computed in 128 bits. The standard library reads the
    /// rest, except for numbers that are clearly outside the range of doubles. O(n). Allocates only in the standard library.
    static func parse(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Double? {
        var index = range.lowerBound
        let end = range.upperBound
        guard index < end else { return nil }
        let isNegative = bytes[index] == UInt8(ascii: "-")
        if isNegative || bytes[index] == UInt8(ascii: "+") { index += 1 }
        var mantissa: UInt64 = 0
        var hasDigits = false
        var scale = 0
        var isCut = false
        var hasPoint = false
        while index < end {
            let byte = bytes[index]
            if byte &- 48 < 10 {
                hasDigits = true
                if mantissa < fullMantissa {
                    mantissa = mantissa &* 10 &+ UInt64(byte &- 48)
                    if hasPoint { scale -= 1 }
                } else {
                    // Digits after the 19th only change the power. Anything but a zero makes the mantissa inexact.
                    if byte != UInt8(ascii: "0") { isCut = true }
                    if !hasPoint { scale += 1 }
                }
            } else if byte == UInt8(ascii: "."), !hasPoint {
                hasPoint = true
            } else {
                break
            }
            index += 1
        }
        guard hasDigits else { return nil }
        if index < end {
            guard bytes[index] | 0x20 == UInt8(ascii: "e"), let exponent = exponent(bytes, index + 1..<end) else { return nil }
            scale += exponent
        }
        guard !isCut, mantissa < 1 << 53, scale.magnitude <= 22 else {
            guard let value = nearest(mantissa, isCut: isCut, scale: scale, bytes, range) else { return nil }
            return isNegative ? -value : value
        }
        let value = scale < 0 ? Double(mantissa) / powers[-scale] : Double(mantissa) * powers[scale]
        return isNegative ? -value : value
    }

    /// The nearest magnitude to `mantissa * 10^scale`, or, if the mantissa was cut, to the whole text. nil if it is larger than
    /// every finite double.
    @inline(never)
    private static func nearest(
        _ mantissa: UInt64, isCut: Bool, scale: Int, _ bytes: Span<UInt8>, _ range: Range<Int>
    ) -> Double? {
        // A mantissa lies in 1..<10^19, so that the result is clear outside these powers: 10^309 is no double, and anything below
        // 10^-324 rounds to zero.
        if mantissa == 0 || scale < -343 { return 0 }
        if scale > 308 { return nil }
        if scale.magnitude <= 27 {
            let value = rounded(mantissa, scale: scale)
            // The exact number lies between this mantissa and the next. If both round to the same double, so does the number.
            if !isCut || value == rounded(mantissa + 1, scale: scale) { return value }
        }
        return slow(bytes, range)
    }

    /// The nearest `Double` to `mantissa * 10^scale`, ties to even. The mantissa must not be 0, and the scale lies in -27...27.
    ///
    /// 10^s is 5^s * 2^s. The product or quotient with the power of five is brought to 64 bits, of which at least 62 are
    /// significant. Its lowest bit is set if there is a remainder. The conversion to `Double` then rounds once, and correctly.
    private static func rounded(_ mantissa: UInt64, scale: Int) -> Double {
        let five = fives[Int(scale.magnitude)]
        if scale >= 0 {
            let product = mantissa.multipliedFullWidth(by: five)
            guard product.high > 0 else { return Double(product.low) * power(ofTwo: scale) }
            let shift = product.high.leadingZeroBitCount
            let top = product.high << shift | product.low >> (64 - shift)
            let rest: UInt64 = product.low << shift == 0 ? 0 : 1
            return Double(top | rest) * power(ofTwo: 64 - shift + scale)
        }
        let shift = mantissa.leadingZeroBitCount
        let fiveShift = five.leadingZeroBitCount
        let dividend = mantissa << shift
        // dividend / 2 < 2^63 <= divisor, so the quotient of dividend * 2^63 fits into 64 bits. It is larger than 2^62.
        let (quotient, remainder) = (five << fiveShift).dividingFullWidth((dividend >> 1, dividend << 63))
        return Double(quotient | (remainder == 0 ? 0 : 1)) * power(ofTwo: fiveShift - shift - 63 + scale)
    }

    /// 2^exponent, which must be a normal double.
    private static func power(ofTwo exponent: Int) -> Double {
        Double(bitPattern: UInt64(exponent + 1023) << 52)
    }

    private static func exponent(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int? {
        var index = range.lowerBound
        guard index < range.upperBound else { return nil }
        let isNegative = bytes[index] == UInt8(ascii: "-")
        if isNegative || bytes[index] == UInt8(ascii: "+") { index += 1 }
        guard index < range.upperBound else { return nil }
        var value = 0
        while index < range.upperBound {
            let digit = bytes[index] &- 48
            guard digit < 10 else { return nil }
            value = min(value * 10 + Int(digit), 100_000)
            index += 1
        }
        return isNegative ? -value : value
    }

    /// The magnitude of a text that is known to be a number.
    @inline(never)
    private static func slow(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Double? {
        var digits: [UInt8] = []
        digits.append(bytes, range)
        guard let value = Double(String(decoding: digits, as: UTF8.self)), value.isFinite else { return nil }
        return value.magnitude
    }

    /// Reads a whole number with an optional sign. nil for any other text, and on overflow.
    static func integer(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int64? {
        var index = range.lowerBound
        guard index < range.upperBound else { return nil }
        let isNegative = bytes[index] == UInt8(ascii: "-")
        if isNegative || bytes[index] == UInt8(ascii: "+") { index += 1 }
        guard index < range.upperBound else { return nil }
        var value: Int64 = 0
        while index < range.upperBound {
            let digit = bytes[index] &- 48
            guard digit < 10 else { return nil }
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, overflowToo) = isNegative
                ? product.subtractingReportingOverflow(Int64(digit)) : product.addingReportingOverflow(Int64(digit))
            guard !overflow, !overflowToo else { return nil }
            value = sum
            index += 1
        }
        return value
    }
}
