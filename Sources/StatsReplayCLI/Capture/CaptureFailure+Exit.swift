import PacketCapture
import StatsModel
import SystemIO

extension CommandFailure {
    /// The exit code and the message for a capture that cannot begin or continue.
    init(_ failure: CaptureFailure) {
        switch failure {
        case .device(let error): self.init(error)
        case .output(let error):
            let sentence = error.isBrokenPipe ? "standard output was closed by its reader" : "\(error)"
            let addition = error.isFull ? "; what was written before is whole" : ""
            self.init(status: .cannotWrite, message: sentence + addition)
        }
    }

    init(_ error: LiveCaptureError) {
        switch error {
        case .unknownInterface(let name):
            self.init(
                status: .unavailable, message: "there is no interface '\(name)'. \(CaptureInterfaces.sentence)")
        case .notPermitted(let interface):
            let message = Self.permission(
                interface, program: HostDescription.executablePath, arguments: CommandLine.arguments.dropFirst())
            self.init(status: .notPermitted, message: message)
        case .interfaceDown(let name):
            self.init(
                status: .unavailable, message: "interface \(name) is down; bring it up: sudo ip link set \(name) up")
        case .badFilter(let expression, let reason):
            self.init(status: .usage, message: "the filter '\(expression)' cannot be used: \(reason)")
        case .failed(let interface, let reason):
            let place = interface.isEmpty ? "" : " on \(interface)"
            self.init(status: .unavailable, message: "cannot capture\(place): \(reason)")
        }
    }

    /// The command for the user to type: it grants this binary the permission once, or runs this command as the superuser.
    static func permission(_ interface: String, program: String, arguments: some Sequence<String>) -> String {
        """
        no permission to capture on \(interface). Either give the program the right once:
            sudo setcap cap_net_raw,cap_net_admin=eip \(ShellWord.quoted(program))
        or run it as the superuser:
            sudo \(([program] + arguments).map(ShellWord.quoted).joined(separator: " "))
        """
    }
}
