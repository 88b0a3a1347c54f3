extension Ratio {
    /// One minus this probability, exactly.
    public var complement: Ratio { Ratio(denominator - numerator, outOf: denominator) }

    /// The certain outcome.
    public static let one = Ratio(100, outOf: 100)

    /// Whether the probabilities of two exclusive outcomes add up to at most one. Exact.
    public static func fit(_ a: Ratio, _ b: Ratio) -> Bool {
        UInt128(a.numerator) * UInt128(b.denominator) + UInt128(b.numerator) * UInt128(a.denominator)
            <= UInt128(a.denominator) * UInt128(b.denominator)
    }

    /// The probability as a number from 0 to 1.
    public var share: Double { Double(numerator) / Double(denominator) }
}
