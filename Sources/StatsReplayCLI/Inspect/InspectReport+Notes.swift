import ReplayEngine

/// The notes of `inspect` on time, tunnels and traffic that was skipped.
extension InspectReport {
    var passedOver: [String] {
        let remarks = result.remarks
        var lines: [String] = []
        if !remarks.hasTime {
            lines.append(
                "no time: every timestamp is zero or missing; run replays the datagrams in order, 1 ms apart, or as --pps says")
        } else if remarks.packetsWithoutTime > 0 {
            lines.append("\(remarks.packetsWithoutTime) packets state no time (simple packets) and take that of the one before")
        }
        for (kind, count) in remarks.tunnels.sorted(by: { $0.key < $1.key }) {
            lines.append("\(count) \(count == 1 ? "packet" : "packets") in a tunnel: \(kind)")
        }
        if !remarks.otherPorts.isEmpty {
            let ports = remarks.otherPorts.map {
                "\($0.datagrams) to \($0.port)\($0.looksLikeStats ? " (looks like StatsD: --port \($0.port))" : "")"
            }
            let rest = result.skipped.otherPort - remarks.otherPorts.reduce(0) { $0 + $1.datagrams }
            lines.append("datagrams to other ports: \(ports.joined(separator: ", "))\(rest > 0 ? ", \(rest) to further ones" : "")")
        }
        if remarks.tcpPackets > 0 { lines.append("\(remarks.tcpPackets) TCP segments to the wanted ports: only UDP is read") }
        return lines.map { "  \($0)" }
    }
}
