import CLinuxNet
package import StatsModel

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Ctrl-C, SIGTERM and a closed terminal as something a poll can wait for: each arrives as a byte in a pipe.
///
/// The second of them ends the process at once (128 + number), whatever it is doing; the handler does that itself.
/// One for a process: signals have no other scope. The handlers stay when the value goes, the pipe with them.
package struct StopSignals: ~Copyable, Sendable {
    /// Readable as soon as a signal came.
    package let descriptor: Int32

    package init() throws(SystemError) {
        var ends: [Int32] = [-1, -1]
        // pipe writes exactly the two numbers the array holds.
        guard unsafe pipe(&ends) == 0 else {
            throw SystemError(action: "make a pipe", subject: "", number: errno)
        }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        let number = clinuxnet_watch_stop_signals(ends[1])
        guard number == 0 else { throw SystemError(action: "watch signals", subject: "", number: number) }
        descriptor = ends[0]
    }

    /// The signal that came, once; nil where none did. Never waits.
    package func poll() -> Int32? {
        var byte: UInt8 = 0
        // Reads at most the one byte that is ours.
        return unsafe read(descriptor, &byte, 1) == 1 ? Int32(byte) : nil
    }

    /// Waits for one for `timeout` at most, to the nanosecond as far as the system can; the signal, or nil.
    package func wait(timeout: Nanoseconds) -> Int32? {
        _ = clinuxnet_wait(descriptor, 0, max(0, timeout.rawValue))
        return poll()
    }
}
