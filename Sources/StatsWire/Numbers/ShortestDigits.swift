/// The fewest decimal digits that read back as a number, and of those the nearest: `digits * 10^exponent`.
///
/// Raffaele Giulietti's Schubfach ("The Schubfach way to render doubles", 2020), in the form of Alexander Bolz's
/// `drachennest`: the two ends of the interval that rounds to the number are scaled by a power of ten in 128 bits, and
/// the interval's multiples of ten, or else of one, are the candidates. No allocation after the first number.
struct ShortestDigits: Equatable {
    /// Not divisible by ten, at most seventeen digits; 0 only for zero.
    let digits: UInt64
    let exponent: Int

    /// - Parameter magnitude: finite, not negative
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
        // Below a power of two the neighbour is half as far away.
        let isCloser = fraction == 0 && magnitude.exponentBitPattern > 1
        // floor(log10(2^q)), or of three quarters of it.
        let k = (q * 1_262_611 - (isCloser ? 524_031 : 0)) >> 22
        let shift = UInt64(q + (-k * 1_741_647) >> 19 + 1)
        let power = PowerOfTen[-k]
        let below = power.roundedToOdd((4 * c - (isCloser ? 1 : 2)) << shift)
        let value = power.roundedToOdd((4 * c) << shift)
        let above = power.roundedToOdd((4 * c + 2) << shift)
        // The interval's ends belong to it where the mantissa is even.
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
        // Both or neither: the nearer one, ties to even.
        let middle = 4 * s + 2
        return (value > middle || value == middle && s & 1 != 0 ? s + 1 : s, k)
    }

    /// Writes `0.00123`, `123.45` or `12300`, and with an exponent what would begin or end in more than five zeros
    /// that mean nothing (`1.5e-7`, `1e+22`).
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

    /// The digits with a point behind the first `whole`, of which there are fewer than `count`.
    private func writePoint(behind whole: Int, of count: Int, to output: inout ByteWriter) {
        var power: UInt64 = 1
        for _ in whole..<count { power *= 10 }
        output.write(digits: digits / power)
        output.write(UInt8(ascii: "."))
        output.write(digits: digits % power, least: count - whole)
    }
}

/// The 128 highest bits of a power of ten, rounded up; the highest bit is set.
struct PowerOfTen: Equatable {
    let high: UInt64
    let low: UInt64

    /// The exponents that doubles ask for.
    static let exponents = -292...324

    static subscript(exponent: Int) -> PowerOfTen { table[exponent - exponents.lowerBound] }

    /// The product's bits from 128 on, the lowest of them set where anything of weight is left below. (Giulietti, 9.9.)
    @inline(__always)
    func roundedToOdd(_ factor: UInt64) -> UInt64 {
        let product = high.multipliedFullWidth(by: factor)
        let (rest, carry) = product.low.addingReportingOverflow(low.multipliedFullWidth(by: factor).high)
        return (product.high + (carry ? 1 : 0)) | (rest > 1 ? 1 : 0)
    }

    /// From 2^1300, divided by ten again and again (the quotients' whole parts are exact), and from 1, multiplied.
    private static let table: [PowerOfTen] = {
        var negative: [PowerOfTen] = []
        var limbs: [UInt64] = Array(repeating: 0, count: 20) + [1 << 20]
        for _ in 0..<(-exponents.lowerBound) {
            var remainder: UInt64 = 0
            for index in limbs.indices.reversed() {
                (limbs[index], remainder) = UInt64(10).dividingFullWidth((remainder, limbs[index]))
            }
            // A power of two is no multiple of ten: something is left.
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

    /// The highest 128 bits of a whole number, little-endian in limbs; one more where anything is left below them.
    private init(_ limbs: [UInt64], hasRest: Bool) {
        guard let top = limbs.lastIndex(where: { $0 != 0 }) else { preconditionFailure("a power of ten is not zero") }
        let shift = UInt64(limbs[top].leadingZeroBitCount)
        let limb = { (index: Int) in index >= 0 ? limbs[index] : 0 }
        // A shift by 64, where nothing is to be moved up, gives 0.
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
