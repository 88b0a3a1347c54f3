/// Percentages as reports show them.
enum PercentText {
    /// Two decimals, rounded to the nearest: `2.89`, `100.00`. For values up to 10^15.
    static func twoDecimals(_ percent: Double) -> String {
        let hundredths = Int((percent * 100).rounded())
        let tail = hundredths % 100
        return "\(hundredths / 100).\(tail < 10 ? "0" : "")\(tail)"
    }

    /// One decimal, rounded up, for an upper bound: `1.9`.
    static func oneDecimalUp(_ percent: Double) -> String { oneDecimal((percent * 10).rounded(.up)) }

    /// One decimal, rounded down, for a lower bound: `68.4`.
    static func oneDecimalDown(_ percent: Double) -> String { oneDecimal((percent * 10).rounded(.down)) }

    private static func oneDecimal(_ tenths: Double) -> String { "\(Int(tenths) / 10).\(Int(tenths) % 10)" }
}
