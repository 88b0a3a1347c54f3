package import StatsModel

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The machine's clocks. A clock value begins its own time at ``StatsModel/Instant/start`` where it is made.
package struct SystemClock: Sendable {
    private let origin: UInt64

    package init() { origin = Self.monotonicNanoseconds() }

    /// Time since this clock was made; never goes back, does not follow corrections of the date.
    package var now: Instant { Instant(nanoseconds: Self.monotonicNanoseconds() - origin) }

    /// The date: nanoseconds since 1970, UTC, as packets' time stamps count.
    package static var wallNanoseconds: Int64 {
        var time = timespec()
        // Writes one timespec of ours; cannot fail for this clock.
        _ = unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    private static func monotonicNanoseconds() -> UInt64 {
        var time = timespec()
        // Writes one timespec of ours; cannot fail for this clock.
        _ = unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
