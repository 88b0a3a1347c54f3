import SystemIO

/// A port of loopback where datagrams go that nobody reads: the system drops what does not fit into its buffer.
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
