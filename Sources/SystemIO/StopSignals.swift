import CLinuxNet
package import StatsModel

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Turns Ctrl-C, SIGTERM and a closed terminal into something that a poll can wait for. Each signal arrives as a byte in a
/// pipe.
///
/// The second signal ends the process at once (exit status 128 + number). The handler itself does this.
/// Make one value per process, because signals have no smaller scope. The handlers and the pipe stay when the value is
/// destroyed.
package struct StopSignals: ~Copyable, Sendable {
    /// Readable as soon as a signal came.
    package let descriptor: Int32

    /// Creates the pipe and installs the handlers. Errors: ``SystemError``.
    package init() throws(SystemError) {
        let pipe = try PipeEnds()
        let number = clinuxnet_watch_stop_signals(pipe.writeEnd)
        guard number == 0 else { throw SystemError(action: "watch signals", subject: "", number: number) }
        descriptor = pipe.readEnd
    }

    /// The signal that came, reported once; nil if none came. Never waits.
    package func poll() -> Int32? {
        var byte: UInt8 = 0
        // Reads at most one byte, the variable's own.
        return unsafe read(descriptor, &byte, 1) == 1 ? Int32(byte) : nil
    }

    /// Waits for a signal, at most for `timeout`, as exactly as the system can. Returns the signal, or nil.
    package func wait(timeout: Nanoseconds) -> Int32? {
        _ = clinuxnet_wait(descriptor, 0, max(0, timeout.rawValue))
        return poll()
    }
}
