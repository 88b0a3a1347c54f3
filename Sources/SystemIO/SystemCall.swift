#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The one place of the retry policy: runs a system call that answers a negative number for an error, again for as
/// long as a signal interrupts it (EINTR). Any other error is the caller's.
///
/// Not for calls that wait: there a signal is what the caller waits for (``DescriptorPoll``).
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
