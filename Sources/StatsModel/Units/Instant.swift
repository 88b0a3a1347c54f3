/// A point on a run's own clock, in nanoseconds since the run began.
public struct Instant: Hashable, Comparable, Sendable {
    public var nanoseconds: UInt64

    @inlinable public init(nanoseconds: UInt64) { self.nanoseconds = nanoseconds }

    public static let start = Instant(nanoseconds: 0)

    @inlinable public static func < (a: Self, b: Self) -> Bool { a.nanoseconds < b.nanoseconds }

    /// The instant `duration` later; saturates at the end of time. A negative duration traps.
    @inlinable public static func + (a: Self, duration: Nanoseconds) -> Self {
        precondition(duration.rawValue >= 0, "an instant moves forward only")
        let (sum, overflow) = a.nanoseconds.addingReportingOverflow(UInt64(duration.rawValue))
        return Instant(nanoseconds: overflow ? .max : sum)
    }

    /// How long from `b` to `a`; zero where `b` is later.
    @inlinable public static func - (a: Self, b: Self) -> Nanoseconds {
        guard a.nanoseconds > b.nanoseconds else { return Nanoseconds(0) }
        return Nanoseconds(Int64(clamping: a.nanoseconds - b.nanoseconds))
    }
}
