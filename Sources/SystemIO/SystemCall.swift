#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Runs a system call that returns a negative number for an error, and repeats it while signals interrupt it (EINTR). All other
/// errors are left to the caller. This is the only place of the retry policy.
///
/// Not for calls that wait. Their callers wait for signals too (``DescriptorPoll``).
@inline(__always)
func retryingInterrupted<Answer: FixedWidthInteger>(
    _ action: String, _ subject: String, _ call: () -> Answer
) throws(SystemError) -> Answer {
    while true {
        let answer = call()
        if answer >= 0 { return answer }
        let number = errno
        if number != EINTR { throw SystemError(action: action, subject: subject, number: number) }
    }
}
