/// Decimal numbers as StatsD writes them, read to the nearest `Double`.
enum Decimal {
    /// 10^0...10^22 are exact.
    private static let powers: [Double] = [
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
        1e21, 1e22,
    ]

    /// Reads `[+-]digits[.digits][e[+-]digits]`, the whole range or nothing. No infinity, NaN, hexadecimal or blanks.
    ///
    /// Exact: mantissas below 2^53 with powers of ten up to 22 by one exact operation (Clinger, 1990); the rest by the
    /// standard library. O(n); allocates only on the second path.
    static func parse(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Double? {
        var index = range.lowerBound
        let end = range.upperBound
        guard index < end else { return nil }
        let isNegative = bytes[index] == UInt8(ascii: "-")
        if isNegative || bytes[index] == UInt8(ascii: "+") { index += 1 }
        var mantissa: UInt64 = 0
        var digits = 0
        var scale = 0
        var isExact = true
        var hasPoint = false
        while index < end {
            let byte = bytes[index]
            if byte &- 48 < 10 {
                digits += 1
                if mantissa < 1_000_000_000_000_000_000 {
                    mantissa = mantissa * 10 + UInt64(byte &- 48)
                    if hasPoint { scale -= 1 }
                } else {
                    isExact = false
                }
            } else if byte == UInt8(ascii: "."), !hasPoint {
                hasPoint = true
            } else {
                break
            }
            index += 1
        }
        guard digits > 0 else { return nil }
        if index < end {
            guard bytes[index] | 0x20 == UInt8(ascii: "e"), let exponent = exponent(bytes, index + 1..<end) else { return nil }
            scale += exponent
        }
        guard isExact, mantissa < 1 << 53, scale.magnitude <= 22 else { return slow(bytes, range) }
        let value = scale < 0 ? Double(mantissa) / powers[-scale] : Double(mantissa) * powers[scale]
        return isNegative ? -value : value
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

    @inline(never)
    private static func slow(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Double? {
        var text = ""
        for index in range { text.unicodeScalars.append(Unicode.Scalar(bytes[index])) }
        guard let value = Double(text), value.isFinite else { return nil }
        return value
    }

    /// Reads a whole number with an optional sign; nil on anything else or overflow.
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
