import StatsModel
import SystemIO
import Testing
import TestSupport

/// Datagrams that reach nobody come back (ICMP, ICMPv6), and the socket that sent them can read them.
@Suite struct ReturnedDatagramTests {
    /// IPv4, IPv6, and IPv4 through a socket of IPv6 (RFC 4291, 2.5.5.2).
    static let hosts = [("127.0.0.1", "127.0.0.1"), ("::1", "::1"), ("127.0.0.1", "::ffff:127.0.0.1")]

    @Test("a datagram to a port where nobody listens comes back with its bytes and the reason", arguments: hosts)
    func refused(freeOn host: String, destination: String) throws {
        let port = try Loopback.freePort(of: host)
        let socket = try DatagramSocket(connectingTo: .udp(host: destination, port: port))
        let isWatching = socket.watchReturned()
        #expect(isWatching)
        let bytes = (1...20).map { UInt8($0) }
        let lengths: [UInt32] = [20]
        let result = socket.send(bytes.span, stride: 20, lengths: lengths.span)
        #expect(result == .sent(1))
        // An error that waits wakes whoever waits for a datagram.
        let isThere = socket.waitToReceive(timeout: .seconds(10))
        #expect(isThere)
        var quote = [UInt8](repeating: 0, count: 64)
        let first = socket.nextReturned(into: &quote)
        #expect(first?.byteCount == 20 && first?.failure == .refused)
        #expect(Array(quote[..<20]) == bytes)
        let second = socket.nextReturned(into: &quote)
        #expect(second == nil)
    }
}
