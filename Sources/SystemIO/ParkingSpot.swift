import CLinuxNet
package import StatsModel

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A place where one thread sleeps until another thread wakes it or its time is up. It is a pipe, so no thread spins, and a
/// wake-up before the sleep is not lost.
package final class ParkingSpot: Sendable {
    let readEnd: Int32
    let writeEnd: Int32

    /// Creates the pipe. Errors: ``SystemError`` if no descriptor is left.
    package init() throws(SystemError) {
        let pipe = try PipeEnds()
        (readEnd, writeEnd) = (pipe.readEnd, pipe.writeEnd)
    }

    deinit {
        close(readEnd)
        close(writeEnd)
    }

    /// Sleeps until ``wake()``, at most for `timeout`; nil sleeps for ever. Returns whether it was woken. A signal may end the
    /// sleep early. Several wake-ups before a sleep count as one.
    @discardableResult
    package func park(timeout: Nanoseconds?) -> Bool {
        guard clinuxnet_wait(readEnd, 0, timeout.map { max(0, $0.rawValue) } ?? -1) > 0 else { return false }
        var bytes: SIMD16<UInt8> = .zero
        // Reads at most the array's 16 bytes.
        while unsafe read(readEnd, &bytes, 16) == 16 {}
        return true
    }

    /// Wakes the thread that parks here, now or on its next call. Never waits: if the pipe is full, a wake-up is pending
    /// already.
    package func wake() {
        var byte: UInt8 = 1
        // Writes one byte, the variable's own.
        _ = unsafe write(writeEnd, &byte, 1)
    }
}
