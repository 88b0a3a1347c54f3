/// A probability as a fraction of whole numbers. It compares exactly on every machine.
public struct Ratio: Hashable, Sendable {
    /// The part.
    public let numerator: UInt64
    /// The whole, at least 1.
    public let denominator: UInt64

    /// A probability from its fraction. Traps unless `numerator <= denominator` and `denominator > 0`.
    public init(_ numerator: UInt64, outOf denominator: UInt64) {
        precondition(denominator > 0, "a ratio needs a denominator")
        precondition(numerator <= denominator, "a probability is at most one")
        self.numerator = numerator
        self.denominator = denominator
    }

    /// The impossible outcome.
    public static let zero = Ratio(0, outOf: 100)

    /// Whether the probability is zero.
    @inlinable public var isZero: Bool { numerator == 0 }

    /// Whether a uniform 64-bit draw falls inside this probability: `draw / 2^64 < numerator / denominator`.
    ///
    /// A draw that a smaller ratio accepts is also accepted by every larger ratio. O(1), exact.
    @inlinable public func accepts(_ draw: UInt64) -> Bool {
        if numerator == denominator { return true }
        // draw * denominator < numerator * 2^64  <=>  high word of the product < numerator
        return draw.multipliedFullWidth(by: denominator).high < numerator
    }

    /// The probability in percent, rounded to the nearest `Double`.
    public var percent: Double { Double(numerator) * 100 / Double(denominator) }

    /// Reads `3%`, `3 %`, `0.5%`, or a number without unit, which is in percent.
    ///
    /// Errors: ``UnitError``. A number without unit strictly between 0 and 1 is refused, since it could be percent or a share.
    package init(parsing text: String) throws(UnitError) {
        var digits = text[...]
        let hasSign = digits.hasSuffix("%")
        if hasSign { digits = digits.dropLast() }
        while digits.last == " " { digits = digits.dropLast() }
        let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
        var fraction = parts.count == 2 ? parts[1] : ""
        guard (1...2).contains(parts.count), parts.count == 1 || !fraction.isEmpty, fraction.count <= 12, !parts[0].isEmpty,
            parts[0].count <= 3, digits.allSatisfy({ $0 == "." || ($0.isASCII && $0.isNumber) }),
            let whole = UInt64(parts[0])
        else { throw UnitError(text: text, expected: "a probability such as 3% or 0.5%") }
        // Trailing zeros are removed, so that equal shares are equal ratios.
        while fraction.last == "0" { fraction = fraction.dropLast() }
        let tail = UInt64(fraction) ?? 0
        var scale: UInt64 = 1
        for _ in 0..<fraction.count { scale *= 10 }
        if !hasSign, whole == 0, tail > 0 {
            let asShare = Self.trimmed(numerator: tail * 100, scale: scale)
            throw UnitError(text: text, expected: "clear: \(digits)% or \(asShare)%? Write the percent sign")
        }
        guard whole < 100 || (whole == 100 && tail == 0) else {
            throw UnitError(text: text, expected: "a probability: it is more than 100%")
        }
        self.init(whole * scale + tail, outOf: 100 * scale)
    }

    /// `numerator / scale` in decimal, without trailing zeros. `scale` is a power of ten.
    static func trimmed(numerator: UInt64, scale: UInt64) -> String {
        var fraction = String(numerator % scale)
        if scale == 1 || numerator % scale == 0 { return String(numerator / scale) }
        fraction = String(repeating: "0", count: String(scale).count - 1 - fraction.count) + fraction
        while fraction.last == "0" { fraction.removeLast() }
        return "\(numerator / scale).\(fraction)"
    }
}

extension Ratio: CustomStringConvertible {
    /// The probability in percent: `3%`, `0.5%`. Exact if it was read from percent.
    public var description: String {
        let (scale, remainder) = denominator.quotientAndRemainder(dividingBy: 100)
        var power = scale
        while power > 1, power % 10 == 0 { power /= 10 }
        if remainder == 0, power == 1 { return Self.trimmed(numerator: numerator, scale: scale) + "%" }
        return "\(percent)%"
    }
}
