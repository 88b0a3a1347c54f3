#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

extension SystemClock {
    /// Processor time that the calling thread has used, in nanoseconds. The time of other programs is not included.
    package static var threadNanoseconds: UInt64 {
        var time = timespec()
        // Writes the variable's own timespec; cannot fail for this clock.
        _ = unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
