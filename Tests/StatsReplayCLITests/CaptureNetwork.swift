import Foundation
import TestSupport

/// Two network namespaces with a cable between them, gone when the value goes. Names are the process's own.
final class CaptureNetwork {
    let near: String
    let far: String
    private static let ip = ExternalProgram("ip")

    /// Whether this machine lets us make one; tried once.
    static let isPossible: Bool =
        CaptureProcess.canCapture && ExternalProgram.isInstalled("bash") && (try? CaptureNetwork()) != nil

    struct Failed: Error {
        let command: [String]
    }

    /// - Parameter mtu: of the cable; not below 1280, or there is no IPv6
    init(mtu: Int = 1280) throws {
        let name = "statsreplay-\(UUID().uuidString.prefix(8))"
        (near, far) = ("\(name)a", "\(name)b")
        try Self.run(["netns", "add", near])
        try Self.run(["netns", "add", far])
        try Self.run(["-n", near, "link", "add", "cable", "type", "veth", "peer", "name", "cable", "netns", far])
        for (namespace, host) in [(near, 1), (far, 2)] {
            try Self.run(["-n", namespace, "addr", "add", "10.99.0.\(host)/24", "dev", "cable"])
            try Self.run(["-n", namespace, "addr", "add", "fd99::\(host)/64", "dev", "cable", "nodad"])
            try Self.run(["-n", namespace, "link", "set", "cable", "mtu", "\(mtu)", "up"])
        }
    }

    deinit { for namespace in [near, far] { try? Self.run(["netns", "del", namespace]) } }

    /// What runs a command at the far end.
    var atFar: [String] { [Self.ip?.path ?? "ip", "netns", "exec", far] }

    /// Sends one datagram of `count` letters from the near to the far end.
    func send(_ count: Int, to address: String, port: Int) throws {
        let script = "printf '%0\(count)d' 0 > /dev/udp/\(address)/\(port)"
        try Self.run(["netns", "exec", near, "bash", "-c", script])
    }

    func cutCable() throws { try Self.run(["-n", far, "link", "set", "cable", "down"]) }
    func removeCable() throws { try Self.run(["-n", near, "link", "del", "cable"]) }

    private static func run(_ arguments: [String]) throws {
        guard let ip, try ip.run(arguments).status == 0 else { throw Failed(command: arguments) }
    }
}
