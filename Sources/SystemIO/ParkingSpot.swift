import CLinuxNet
package import StatsModel

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Where one thread sleeps until another wakes it, or its time is up: a pipe, so that nobody spins and a wake-up
/// that comes before the sleep is not lost.
package final class ParkingSpot: Sendable {
    private let readEnd: Int32
    private let writeEnd: Int32

    package init() throws(SystemError) {
        var ends: [Int32] = [-1, -1]
        // pipe writes exactly the two numbers the array holds.
        guard unsafe pipe(&ends) == 0 else { throw SystemError(action: "make a pipe", subject: "", number: errno) }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        readEnd = ends[0]
        writeEnd = ends[1]
    }

    deinit {
        close(readEnd)
        close(writeEnd)
    }

    /// Sleeps until ``wake()`` or for `timeout` at most; nil sleeps for ever. Says whether it was woken. A signal may
    /// end it early. Wake-ups that came together count as one.
    @discardableResult
    package func park(timeout: Nanoseconds?) -> Bool {
        guard clinuxnet_wait(readEnd, 0, timeout.map { max(0, $0.rawValue) } ?? -1) > 0 else { return false }
        var bytes: SIMD16<UInt8> = .zero
        // Reads at most the 16 bytes that are ours.
        while unsafe read(readEnd, &bytes, 16) == 16 {}
        return true
    }

    /// Wakes the thread that parks here, now or the next time it does. Never waits: a full pipe wakes as well.
    package func wake() {
        var byte: UInt8 = 1
        // Writes the one byte that is ours.
        _ = unsafe write(writeEnd, &byte, 1)
    }
}
