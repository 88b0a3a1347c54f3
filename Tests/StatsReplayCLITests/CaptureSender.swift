import Glibc

/// Sends datagrams over the loopback to a port of its own, at which somebody listens and never reads.
final class CaptureSender {
    let port: UInt16
    private let receiver: Int32
    private let sender: Int32

    init() {
        let listening = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
        receiver = listening
        sender = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
        var address = Self.loopback(port: 0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        // The address is ours, its length that of its own type; the kernel writes the port it chose into it.
        unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                _ = unsafe bind(listening, address, length)
                _ = unsafe getsockname(listening, address, &length)
            }
        }
        port = UInt16(bigEndian: address.sin_port)
    }

    func send(_ text: String, count: Int = 1) {
        var address = Self.loopback(port: port)
        let bytes = Array(text.utf8)
        for _ in 0..<count {
            // Reads the array's own bytes and the address, which is ours.
            unsafe withUnsafePointer(to: &address) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                    _ = unsafe sendto(
                        sender, bytes, bytes.count, 0, address, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
        }
    }

    private static func loopback(port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }

    /// Whether a datagram waits at the port.
    var hasReceived: Bool {
        var byte: UInt8 = 0
        // Writes at most the one byte that is ours.
        return unsafe recv(receiver, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT)) > 0
    }

    /// A port at which nobody listens any more.
    func freePort() -> UInt16 { CaptureSender().port }

    deinit {
        close(receiver)
        close(sender)
    }
}
