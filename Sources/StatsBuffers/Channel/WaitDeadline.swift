import StatsModel

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The end of a thread's sleep on the machine's monotonic clock. It is computed once per wait, so that each wake-up in between
/// counts against the same deadline.
struct WaitDeadline {
    let time: timespec

    /// A deadline at this distance from now. A negative length counts as zero.
    init(after length: Nanoseconds) {
        let now = Self.now
        let (sum, overflow) = now.addingReportingOverflow(max(0, length.rawValue))
        let end = overflow ? Int64.max : sum
        time = timespec(tv_sec: Int(end / 1_000_000_000), tv_nsec: Int(end % 1_000_000_000))
    }

    var hasPassed: Bool { Self.now >= nanoseconds }

    /// The time left. Zero after the deadline.
    var remaining: timespec {
        let left = max(0, nanoseconds - Self.now)
        return timespec(tv_sec: Int(left / 1_000_000_000), tv_nsec: Int(left % 1_000_000_000))
    }

    private var nanoseconds: Int64 { Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec) }

    private static var now: Int64 {
        var time = timespec()
        // The call writes our own timespec, and cannot fail for this clock.
        _ = unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
