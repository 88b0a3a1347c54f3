import SystemIO

/// A loopback port whose datagrams are never read. The system drops the datagrams that do not fit into its buffer.
final class Sink: Sendable {
    private let socket: DatagramSocket
    let destination: Destination

    init() throws(SystemError) {
        socket = try DatagramSocket(bindingAnyPortOf: "127.0.0.1")
        guard let port = socket.localPort else {
            throw SystemError(action: "bind to", subject: "127.0.0.1", number: 0)
        }
        destination = .udp(host: "127.0.0.1", port: port)
    }
}
