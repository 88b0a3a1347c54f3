package import StatsModel

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The machine's clocks. A value's own time begins at ``StatsModel/Instant/start`` when the value is made.
package struct SystemClock: Sendable {
    private let origin: UInt64

    /// A clock whose time begins now.
    package init() { origin = Self.monotonicNanoseconds() }

    /// Time since this clock was made. It never goes back and ignores corrections of the date.
    package var now: Instant { Instant(nanoseconds: Self.monotonicNanoseconds() - origin) }

    /// The date in nanoseconds since 1970, UTC, like the timestamps of packets.
    package static var wallNanoseconds: Int64 {
        var time = timespec()
        // Writes the variable's own timespec; cannot fail for this clock.
        _ = unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    private static func monotonicNanoseconds() -> UInt64 {
        var time = timespec()
        // Writes the variable's own timespec; cannot fail for this clock.
        _ = unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
