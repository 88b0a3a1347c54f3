/// A point on a run's own clock, in nanoseconds since the run began.
public struct Instant: Hashable, Comparable, Sendable {
    /// Nanoseconds since the run began.
    public var nanoseconds: UInt64

    /// A point in time from its nanoseconds.
    @inlinable public init(nanoseconds: UInt64) { self.nanoseconds = nanoseconds }

    /// The beginning of the run.
    public static let start = Instant(nanoseconds: 0)

    /// Whether `a` is earlier than `b`.
    @inlinable public static func < (a: Self, b: Self) -> Bool { a.nanoseconds < b.nanoseconds }

    /// The instant `duration` later, or the last instant if that is later still. Traps for a negative duration.
    @inlinable public static func + (a: Self, duration: Nanoseconds) -> Self {
        precondition(duration.rawValue >= 0, "an instant moves forward only")
        let (sum, overflow) = a.nanoseconds.addingReportingOverflow(UInt64(duration.rawValue))
        return Instant(nanoseconds: overflow ? .max : sum)
    }

    /// The time from `b` to `a`. Zero if `b` is later.
    @inlinable public static func - (a: Self, b: Self) -> Nanoseconds {
        guard a.nanoseconds > b.nanoseconds else { return Nanoseconds(0) }
        return Nanoseconds(Int64(clamping: a.nanoseconds - b.nanoseconds))
    }
}
