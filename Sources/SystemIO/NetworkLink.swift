import CLinuxNet

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A network interface, as the kernel reports it.
package struct NetworkLink: Sendable {
    /// The operational state.
    package enum State: Equatable, Sendable {
        case up, down, missing
        /// The kernel did not report the state.
        case unknown
    }

    /// The interface's name.
    package let name: String

    package init(name: String) { self.name = name }

    /// The present state, which each call reads from the kernel.
    package var state: State {
        // The string is terminated and outlives the call.
        let flags = unsafe clinuxnet_interface_flags(name)
        if flags == -ENODEV { return .missing }
        if flags < 0 { return .unknown }
        return flags & Int32(IFF_UP) != 0 ? .up : .down
    }

    /// Whether it is the loopback interface.
    package var isLoopback: Bool {
        // The string is terminated and outlives the call.
        let flags = unsafe clinuxnet_interface_flags(name)
        return flags >= 0 && flags & Int32(IFF_LOOPBACK) != 0
    }

    /// Packets that the interface itself dropped since it came up (sysfs, `rx_missed_errors` + `rx_fifo_errors`). nil if the
    /// kernel does not count them, as for `any`.
    package var receiveDrops: UInt64? {
        // A name with a slash would lead to another folder.
        guard !name.contains("/"), !name.hasPrefix(".") else { return nil }
        let folder = "/sys/class/net/\(name)/statistics"
        guard let missed = FileSystem.line(of: "\(folder)/rx_missed_errors").flatMap({ UInt64($0) }),
            let fifo = FileSystem.line(of: "\(folder)/rx_fifo_errors").flatMap({ UInt64($0) })
        else { return nil }
        return missed &+ fifo
    }

    /// Makes a packet socket ignore outgoing packets (Linux 4.20 and later). Every packet on the loopback both leaves and
    /// arrives. Without this the kernel copies and counts each packet twice.
    @discardableResult
    package static func ignoreOutgoing(packetSocket: Int32) -> Bool { clinuxnet_ignore_outgoing(packetSocket) == 0 }

    /// Closes a descriptor that a library opened when this process starts another program. Descriptors of this project are
    /// opened so. A program that another thread starts in between still inherits it.
    @discardableResult
    package static func closeOnExec(_ descriptor: Int32) -> Bool { fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0 }
}
