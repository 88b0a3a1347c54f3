/// Percentages as reports show them.
enum PercentText {
    /// `2.89`, `100.00`: two decimals, rounded to the nearest. Up to 10^15.
    static func twoDecimals(_ percent: Double) -> String {
        let hundredths = Int((percent * 100).rounded())
        let tail = hundredths % 100
        return "\(hundredths / 100).\(tail < 10 ? "0" : "")\(tail)"
    }

    /// `1.9`: one decimal, rounded up, for what is "at most".
    static func oneDecimalUp(_ percent: Double) -> String { oneDecimal((percent * 10).rounded(.up)) }

    /// `68.4`: one decimal, rounded down, for what is "at least".
    static func oneDecimalDown(_ percent: Double) -> String { oneDecimal((percent * 10).rounded(.down)) }

    private static func oneDecimal(_ tenths: Double) -> String { "\(Int(tenths) / 10).\(Int(tenths) % 10)" }
}
