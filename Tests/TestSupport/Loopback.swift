import SystemIO
import Testing

/// This machine's own addresses.
package enum Loopback {
    package static let hosts = ["127.0.0.1", "::1"]

    /// A port where nobody listens at the moment. Cancels the test, saying why, where this machine has no such address.
    package static func freePort(of host: String = "127.0.0.1") throws -> UInt16 {
        let port: UInt16?
        do {
            port = try DatagramSocket(bindingAnyPortOf: host).localPort
        } catch {
            try Test.cancel("this machine has no address \(host)")
        }
        guard let port else { throw NoPort() }
        return port
    }

    struct NoPort: Error {}
}
