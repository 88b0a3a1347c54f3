/// A length of time in whole nanoseconds. On a hot path, arithmetic with `Duration` costs twenty times as much.
public struct Nanoseconds: Hashable, Comparable, Sendable {
    /// The number of nanoseconds, which may be negative.
    public var rawValue: Int64

    /// A length of time from its nanoseconds.
    @inlinable public init(_ rawValue: Int64) { self.rawValue = rawValue }

    /// A number of microseconds. A time above 292 years becomes the longest possible time.
    @inlinable public static func microseconds(_ n: Int64) -> Self { Self(n, times: 1_000) }
    /// A number of milliseconds. A time above 292 years becomes the longest possible time.
    @inlinable public static func milliseconds(_ n: Int64) -> Self { Self(n, times: 1_000_000) }
    /// A number of seconds. A time above 292 years becomes the longest possible time.
    @inlinable public static func seconds(_ n: Int64) -> Self { Self(n, times: 1_000_000_000) }

    @inlinable init(_ n: Int64, times unit: Int64) {
        let (product, isTooLong) = n.multipliedReportingOverflow(by: unit)
        rawValue = isTooLong ? (n < 0 ? .min : .max) : product
    }

    /// No time.
    public static let zero = Nanoseconds(0)

    /// A `Duration` cut to whole nanoseconds. A duration that is too long becomes the longest possible time (292 years).
    public init(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        let (whole, isTooLong) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, isPastEnd) = whole.addingReportingOverflow(attoseconds / 1_000_000_000)
        rawValue = isTooLong || isPastEnd ? (seconds < 0 ? .min : .max) : sum
    }

    /// The same length as the standard library's type, which public API uses.
    package var duration: Duration { .nanoseconds(rawValue) }

    /// Whether `a` is shorter than `b`.
    @inlinable public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }

    /// The sum. It saturates at both ends, so that two long times never give a negative one.
    @inlinable public static func + (a: Self, b: Self) -> Self {
        let (sum, isTooLong) = a.rawValue.addingReportingOverflow(b.rawValue)
        return Self(isTooLong ? (a.rawValue < 0 ? .min : .max) : sum)
    }

    /// Twice the time, but at most `longest`. For times that are not negative.
    @inlinable public func doubled(atMost longest: Self) -> Self {
        rawValue > longest.rawValue / 2 ? longest : Self(rawValue * 2)
    }

    /// The time in seconds, rounded to the nearest `Double`.
    public var seconds: Double { Double(rawValue) / 1e9 }

    /// Reads `250ms`, `1.5s`, `20us`, `20µs`, `3m`, `1h`, `800ns`. The unit is required except for `0`.
    ///
    /// Errors: ``UnitError`` with the text and the allowed units.
    package init(parsing text: String) throws(UnitError) {
        let units: [(String, Double)] = [
            ("ns", 1), ("us", 1e3), ("µs", 1e3), ("ms", 1e6), ("s", 1e9), ("m", 60e9), ("min", 60e9), ("h", 3600e9),
        ]
        let (number, unit) = splitUnit(text)
        guard let number, number >= 0, number.isFinite else {
            throw UnitError(text: text, expected: "a duration such as 250ms, 1.5s, 2m or 1h")
        }
        if unit.isEmpty, number == 0 { self.init(0); return }
        guard let scale = units.first(where: { $0.0 == unit })?.1, number * scale < 9e18 else {
            throw UnitError(text: text, expected: "a duration with its unit: ns, us, ms, s, m or h, such as 250ms")
        }
        self.init(Int64((number * scale).rounded()))
    }
}

extension Nanoseconds: CustomStringConvertible {
    /// The shortest exact text in one unit: `100ms`, `1.5s`, `0`.
    public var description: String {
        if rawValue == 0 { return "0s" }
        for (unit, scale) in [("s", 1_000_000_000 as Int64), ("ms", 1_000_000), ("us", 1_000)]
        where rawValue % scale == 0 {
            return "\(rawValue / scale)\(unit)"
        }
        return "\(rawValue)ns"
    }
}
