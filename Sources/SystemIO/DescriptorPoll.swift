package import StatsModel

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Waits for descriptors.
package enum DescriptorPoll {
    /// The events that ended the wait, one bit each.
    package struct Wake: OptionSet, Sendable {
        package let rawValue: UInt8
        package init(rawValue: UInt8) { self.rawValue = rawValue }
        /// The first descriptor is readable.
        package static let first = Wake(rawValue: 1)
        /// The second descriptor is readable.
        package static let second = Wake(rawValue: 2)
        /// The first descriptor reported an error or the end of its device.
        package static let firstFailed = Wake(rawValue: 4)
    }

    /// Waits until one of two descriptors is readable or `timeout` has passed; nil waits for ever.
    ///
    /// A signal ends the wait early with an empty result, because callers wait for signals too. The wait is rounded up to whole
    /// milliseconds, so that a caller with a deadline does not spin.
    package static func wait(
        _ first: Int32, _ second: Int32, timeout: Nanoseconds?
    ) throws(SystemError) -> Wake {
        var entries = [
            pollfd(fd: first, events: Int16(POLLIN), revents: 0), pollfd(fd: second, events: Int16(POLLIN), revents: 0),
        ]
        let milliseconds: Int32 = timeout.map { timeout in
            let (whole, rest) = timeout.rawValue.quotientAndRemainder(dividingBy: 1_000_000)
            return Int32(clamping: rest > 0 ? whole + 1 : whole)
        } ?? -1
        // The kernel writes only to the array's entries.
        let count = unsafe poll(&entries, nfds_t(entries.count), milliseconds)
        if count < 0 {
            if errno == EINTR { return [] }
            throw SystemError(action: "wait for packets", subject: "", number: errno)
        }
        var wake: Wake = []
        if entries[0].revents & Int16(POLLIN) != 0 { wake.insert(.first) }
        if entries[0].revents & Int16(POLLERR | POLLHUP | POLLNVAL) != 0 { wake.insert(.firstFailed) }
        if entries[1].revents != 0 { wake.insert(.second) }
        return wake
    }
}
