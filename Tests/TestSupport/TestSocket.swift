package import StatsModel
package import SystemIO

/// A bound datagram socket that keeps what a client sends to it, on the loopback interface or at a Unix path.
package struct TestSocket: ~Copyable {
    package let socket: DatagramSocket
    /// The port. 0 for a Unix socket.
    package let port: UInt16
    private var buffer = [UInt8](repeating: 0, count: 65_536)

    /// Binds any free port of a loopback address.
    package init(host: String = "127.0.0.1") throws { self.init(try DatagramSocket(bindingAnyPortOf: host)) }

    package init(path: String) throws { self.init(try DatagramSocket(bindingTo: .unix(path: path))) }

    package init(_ socket: consuming DatagramSocket) {
        socket.setReceiveBuffer(byteCount: 1 << 22)
        port = socket.localPort ?? 0
        self.socket = socket
    }

    /// The address for clients of a socket on 127.0.0.1.
    package var destination: Destination { .udp(host: "127.0.0.1", port: port) }

    /// The next waiting datagram. It waits at most `timeout` for one. nil if none came.
    package mutating func next(timeout: Nanoseconds = .zero) -> [UInt8]? {
        guard socket.waitToReceive(timeout: timeout), let count = socket.receive(into: &buffer) else { return nil }
        return Array(buffer[..<count])
    }
}
