import PacketCapture

/// What is said of traffic that was not read.
extension CaptureInspection {
    /// Ports that are named.
    static let otherPortLimit = 5

    /// Why a capture gave nothing to replay, in a sentence; nil where it gave something.
    static func emptiness(_ notes: CaptureNotes) -> String? {
        guard notes.datagrams == 0 else { return nil }
        return ([nothingFound(notes)] + hints(notes, hasEvents: false)).joined(separator: "; ")
    }

    /// What of the packets passed over is a reason against the capture: tunnels that cannot be read, and TCP where nothing
    /// else is there.
    static func hints(_ notes: CaptureNotes, hasEvents: Bool) -> [String] {
        var found: [String] = []
        if notes.skipped.tunnel > 0 {
            let kinds = notes.unreadTunnels.map { "\($0.packets) of \($0.name)" }.joined(separator: ", ")
            found.append(
                "\(notes.skipped.tunnel) \(notes.skipped.tunnel == 1 ? "packet" : "packets") in tunnels that are not read "
                    + "(\(kinds)): record at the tunnel's end, where the packets are bare")
        }
        if notes.other.tcpPackets > 0, !hasEvents {
            found.append(
                "\(notes.other.tcpPackets) TCP \(notes.other.tcpPackets == 1 ? "segment goes" : "segments go") to the wanted ports: "
                    + "only UDP is read; let the sender use UDP")
        }
        return found
    }

    /// `120 datagrams to port 9125, which look like StatsD`.
    static func describe(_ port: OtherTraffic.Port) -> String {
        "\(port.datagrams) \(port.datagrams == 1 ? "datagram" : "datagrams") to port \(port.port)"
            + (port.looksLikeStats ? ", which \(port.datagrams == 1 ? "looks" : "look") like StatsD" : "")
    }

    /// `20267 days`, or years from two on.
    static func days(_ nanoseconds: Int64) -> String {
        let days = nanoseconds / 86_400_000_000_000
        return days < 730 ? "\(days) days" : "\(days / 365) years"
    }
}
