import PacketCapture

/// The interfaces of this machine, as text and as JSON.
enum CaptureInterfaces {
    /// "Known interfaces: lo, eth0, any."
    static var sentence: String {
        guard let all = try? NetworkInterface.all(), !all.isEmpty else { return "No interfaces were found." }
        return "Known interfaces: \(all.map(\.name).joined(separator: ", "))."
    }

    /// Prints the list on standard output.
    static func print(asJSON: Bool) throws {
        let all: [NetworkInterface]
        do throws(LiveCaptureError) {
            all = try NetworkInterface.all()
        } catch {
            throw CommandFailure(error)
        }
        try StandardOutput.print(asJSON ? json(all) : table(all))
    }

    /// One line an interface: name, state, addresses, description; in libpcap's order, the most likely first.
    static func table(_ all: [NetworkInterface]) -> String {
        let width = all.map(\.name.count).max() ?? 0
        let lines = all.map { interface in
            let name = interface.name + String(repeating: " ", count: width - interface.name.count)
            let state = interface.isUp ? "up  " : "down"
            let words = [interface.isLoopback ? "loopback" : "", interface.description] + interface.addresses
            return "\(name)  \(state)  \(words.filter { !$0.isEmpty }.joined(separator: ", "))"
        }
        return lines.map { $0.trimmedEnd }.joined(separator: "\n")
    }

    static func json(_ all: [NetworkInterface]) -> String {
        let objects = all.map { interface in
            let addresses = interface.addresses.map(CaptureReport.quoted).joined(separator: ",")
            return "{\"name\":\(CaptureReport.quoted(interface.name)),"
                + "\"description\":\(CaptureReport.quoted(interface.description)),"
                + "\"addresses\":[\(addresses)],\"up\":\(interface.isUp),\"loopback\":\(interface.isLoopback)}"
        }
        return "{\"interfaces\":[\(objects.joined(separator: ","))]}"
    }
}

extension String {
    fileprivate var trimmedEnd: String {
        var rest = self[...]
        while rest.last == " " { rest.removeLast() }
        return String(rest)
    }
}
