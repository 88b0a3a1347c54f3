/// The fewest decimal digits that read back as a given number, and among those the nearest: `digits * 10^exponent`.
///
/// This is Raffaele Giulietti's Schubfach ("The Schubfach way to render doubles", 2020), in the form of Alexander Bolz's
/// `drachennest`. Both ends of the interval that rounds to the number are scaled by a power of ten in 128 bits. The candidates
/// are the multiples of ten in this interval, or of one if there is no multiple of ten. It allocates only for the first number.
struct ShortestDigits: Equatable {
    /// The digits as a number that is not divisible by ten, with at most seventeen digits. 0 only for zero.
    let digits: UInt64
    let exponent: Int

    /// - Parameter magnitude: a finite number that is not negative
    init(_ magnitude: Double) {
        precondition(magnitude.isFinite && magnitude >= 0, "digits are of a finite magnitude")
        guard magnitude != 0 else {
            (digits, exponent) = (0, 0)
            return
        }
        var (digits, exponent) = Self.shortest(magnitude)
        while digits % 10 == 0 {
            digits /= 10
            exponent += 1
        }
        (self.digits, self.exponent) = (digits, exponent)
    }

    private static func shortest(_ magnitude: Double) -> (digits: UInt64, exponent: Int) {
        let fraction = magnitude.significandBitPattern
        let isNormal = magnitude.exponentBitPattern != 0
        let c = isNormal ? fraction | 1 << 52 : fraction
        let q = Int(isNormal ? magnitude.exponentBitPattern : 1) - 1075
        let isEven = c & 1 == 0
        // At a power of two the next smaller double is half as far away as the next larger one.
        let isCloser = fraction == 0 && magnitude.exponentBitPattern > 1
        // floor(log10(2^q)), or of three quarters of 2^q.
        let k = (q * 1_262_611 - (isCloser ? 524_031 : 0)) >> 22
        let shift = UInt64(q + (-k * 1_741_647) >> 19 + 1)
        let power = PowerOfTen[-k]
        let below = power.roundedToOdd((4 * c - (isCloser ? 1 : 2)) << shift)
        let value = power.roundedToOdd((4 * c) << shift)
        let above = power.roundedToOdd((4 * c + 2) << shift)
        // The ends belong to the interval if the mantissa is even.
        let lower = isEven ? below : below + 1
        let upper = isEven ? above : above - 1
        let s = value / 4
        if s >= 10 {
            let tens = s / 10
            let isLower = lower <= 40 * tens
            let isUpper = 40 * tens + 40 <= upper
            if isLower != isUpper { return (isUpper ? tens + 1 : tens, k + 1) }
        }
        let isLower = lower <= 4 * s
        let isUpper = 4 * s + 4 <= upper
        if isLower != isUpper { return (isUpper ? s + 1 : s, k) }
        // Both candidates or none lie in the interval. Take the nearer one, ties to even.
        let middle = 4 * s + 2
        return (value > middle || value == middle && s & 1 != 0 ? s + 1 : s, k)
    }

    /// Writes `0.00123`, `123.45` or `12300`. Numbers that would begin or end in more than five zeros get an exponent (`1.5e-7`,
    /// `1e+22`).
    func write(to output: inout ByteWriter) {
        var count = 1
        var bound: UInt64 = 10
        while digits >= bound {
            count += 1
            bound *= 10
        }
        let point = count + exponent
        if point > 0, point <= 21 {
            if exponent >= 0 {
                output.write(digits: digits)
                for _ in 0..<exponent { output.write(UInt8(ascii: "0")) }
            } else {
                writePoint(behind: point, of: count, to: &output)
            }
        } else if point <= 0, point > -6 {
            output.write("0.")
            for _ in point..<0 { output.write(UInt8(ascii: "0")) }
            output.write(digits: digits)
        } else {
            if count > 1 { writePoint(behind: 1, of: count, to: &output) } else { output.write(digits: digits) }
            output.write(UInt8(ascii: "e"))
            if point > 0 { output.write(UInt8(ascii: "+")) }
            output.write(Int64(point - 1))
        }
    }

    /// Writes the digits with a point after the first `whole` digits, which are fewer than `count`.
    private func writePoint(behind whole: Int, of count: Int, to output: inout ByteWriter) {
        var power: UInt64 = 1
        for _ in whole..<count { power *= 10 }
        output.write(digits: digits / power)
        output.write(UInt8(ascii: "."))
        output.write(digits: digits % power, least: count - whole)
    }
}

/// The 128 highest bits of a power of ten, rounded up. The highest bit is set.
struct PowerOfTen: Equatable {
    let high: UInt64
    let low: UInt64

    /// The exponents that doubles need.
    static let exponents = -292...324

    static subscript(exponent: Int) -> PowerOfTen { table[exponent - exponents.lowerBound] }

    /// The product's bits from bit 128 on. The lowest of them is set if the bits below are significant (Giulietti, 9.9).
    @inline(__always)
    func roundedToOdd(_ factor: UInt64) -> UInt64 {
        let product = high.multipliedFullWidth(by: factor)
        let (rest, carry) = product.low.addingReportingOverflow(low.multipliedFullWidth(by: factor).high)
        return (product.high + (carry ? 1 : 0)) | (rest > 1 ? 1 : 0)
    }

    /// Negative powers come from 2^1300, which is divided by ten repeatedly. The whole parts of the quotients are exact. Positive
    /// powers come from 1, which is multiplied by ten.
    private static let table: [PowerOfTen] = {
        var negative: [PowerOfTen] = []
        var limbs: [UInt64] = Array(repeating: 0, count: 20) + [1 << 20]
        for _ in 0..<(-exponents.lowerBound) {
            var remainder: UInt64 = 0
            for index in limbs.indices.reversed() {
                (limbs[index], remainder) = UInt64(10).dividingFullWidth((remainder, limbs[index]))
            }
            // A power of two is not divisible by ten, so there is a remainder.
            negative.append(PowerOfTen(limbs, hasRest: true))
        }
        var positive: [PowerOfTen] = []
        limbs = [1] + Array(repeating: 0, count: 20)
        for _ in 0...exponents.upperBound {
            positive.append(PowerOfTen(limbs, hasRest: false))
            var carry: UInt64 = 0
            for index in limbs.indices {
                let product = limbs[index].multipliedFullWidth(by: 10)
                let (low, overflow) = product.low.addingReportingOverflow(carry)
                limbs[index] = low
                carry = product.high + (overflow ? 1 : 0)
            }
        }
        return negative.reversed() + positive
    }()

    /// The highest 128 bits of a whole number in little-endian limbs, plus one if anything is left below them.
    private init(_ limbs: [UInt64], hasRest: Bool) {
        guard let top = limbs.lastIndex(where: { $0 != 0 }) else { preconditionFailure("a power of ten is not zero") }
        let shift = UInt64(limbs[top].leadingZeroBitCount)
        let limb = { (index: Int) in index >= 0 ? limbs[index] : 0 }
        // Without bits to move up the shift is by 64, which gives 0.
        var high = limb(top) << shift | limb(top - 1) >> (64 - shift)
        var low = limb(top - 1) << shift | limb(top - 2) >> (64 - shift)
        let isRest = hasRest || limb(top - 2) << shift != 0 || limbs[..<max(0, top - 2)].contains { $0 != 0 }
        if isRest {
            low &+= 1
            if low == 0 { high += 1 }
        }
        (self.high, self.low) = (high, low)
    }
}
