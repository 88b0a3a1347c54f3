import CLinuxNet

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A network interface as the kernel sees it.
package struct NetworkLink: Sendable {
    package enum State: Equatable, Sendable {
        case up, down, missing
        /// The kernel did not say.
        case unknown
    }

    package let name: String

    package init(name: String) { self.name = name }

    package var state: State {
        // The name is a terminated string for the length of the call.
        let flags = unsafe clinuxnet_interface_flags(name)
        if flags == -ENODEV { return .missing }
        if flags < 0 { return .unknown }
        return flags & Int32(IFF_UP) != 0 ? .up : .down
    }

    package var isLoopback: Bool {
        // The name is a terminated string for the length of the call.
        let flags = unsafe clinuxnet_interface_flags(name)
        return flags >= 0 && flags & Int32(IFF_LOOPBACK) != 0
    }

    /// Packets the interface itself had to drop since it came up (sysfs, `rx_missed_errors` + `rx_fifo_errors`);
    /// nil where the kernel keeps no such count, as for `any`.
    package var receiveDrops: UInt64? {
        // A name with a slash would leave the folder.
        guard !name.contains("/"), !name.hasPrefix(".") else { return nil }
        let folder = "/sys/class/net/\(name)/statistics"
        guard let missed = FileSystem.line(of: "\(folder)/rx_missed_errors").flatMap({ UInt64($0) }),
            let fifo = FileSystem.line(of: "\(folder)/rx_fifo_errors").flatMap({ UInt64($0) })
        else { return nil }
        return missed &+ fifo
    }

    /// Makes a packet socket see only what arrives (Linux 4.20 and later). On the loopback every packet leaves and
    /// arrives: without this the kernel copies each one twice, and counts it twice.
    @discardableResult
    package static func ignoreOutgoing(packetSocket: Int32) -> Bool { clinuxnet_ignore_outgoing(packetSocket) == 0 }
}
