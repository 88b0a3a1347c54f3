package import PacketCapture
import StatsModel

/// Problems of the packets that were not read, and of the capture's clock.
extension CaptureInspection {
    /// The largest number of other ports that a report names.
    static let otherPortLimit = 5

    /// The reason why a capture gave nothing to replay, as one sentence. nil if it gave datagrams.
    package static func emptiness(_ notes: CaptureNotes) -> String? {
        guard notes.datagrams == 0 else { return nil }
        let (found, blamed) = (nothingFound(notes), packetProblems(notes, hasEvents: false))
        return (found == nothing ? blamed : [found] + blamed).joined(separator: "; ")
    }

    /// The reasons why the packets or the clock of a replayed capture make no fixture, each with advice. Empty if the capture is
    /// empty, or if there are no notes.
    package static func replayProblems(_ notes: CaptureNotes?) -> [String] {
        guard let notes, emptiness(notes) == nil else { return [] }
        return packetProblems(notes, hasEvents: true) + clockProblems(notes)
    }

    /// Problems of the capture's packets, replayed or not, each with advice.
    static func packetProblems(_ notes: CaptureNotes, hasEvents: Bool) -> [String] {
        var found = hints(notes, hasEvents: hasEvents)
        found += problem(
            notes.skipped.truncated, "packet was cut while capturing", "packets were cut while capturing",
            "record again with a larger snap length")
        found += problem(
            notes.skipped.malformed, "packet with headers that contradict each other",
            "packets with headers that contradict each other", "record again")
        found += problem(
            notes.skipped.fragment, "fragment of a datagram that never became whole",
            "fragments of datagrams that never became whole", "capture all fragments, as `statsreplay capture` does")
        found += problem(
            notes.kernelDrops ?? 0, "packet was dropped by the kernel", "packets were dropped by the kernel",
            "record again with a larger --buffer-size")
        found += problem(
            notes.interfaceDrops ?? 0, "packet was dropped by the interface", "packets were dropped by the interface",
            "record again at a lower rate, or with a larger receive ring")
        found += problem(
            notes.seenAlike, "datagram came exactly \(notes.timesSeenAlike) times", "datagrams came exactly \(notes.timesSeenAlike) times each",
            "the capture seems to show one on several interfaces, which its link type does not tell; record on one interface, or with "
                + "tcpdump -i any -y LINUX_SLL2")
        if notes.duplicateCaptures > 0 || notes.unprovenDuplicates > 0 {
            found += problem(
                notes.uncomparedDatagrams, "datagram was not looked for again", "datagrams were not looked for again",
                "too many came within 20 ms to find all that were captured twice; record on one interface")
        }
        for name in notes.unsupportedLinkTypes {
            found.append("the link type \(name) is not read: record on another interface")
        }
        return found
    }

    /// Problems of the capture's timestamps.
    static func clockProblems(_ notes: CaptureNotes) -> [String] {
        var found: [String] = []
        if notes.largestStepBack > tolerableStepBack.rawValue {
            found.append(
                "the clock steps back \(notes.clockStepsBack) times, by up to \(notes.largestStepBack / 1_000_000) ms at packet "
                    + "\(notes.largestStepBackPacket): "
                    + "sort the file by time (reordercap IN OUT), or record with a steady clock")
        }
        if notes.largestStepForward > tolerableStepForward.rawValue {
            found.append(
                "the clock jumps forward by \(days(notes.largestStepForward)) at packet \(notes.largestStepForwardPacket): it was "
                    + "set while capturing; record again, or keep what is behind "
                    + "(editcap -r IN OUT \(notes.largestStepForwardPacket)-0)")
        }
        return found
    }

    /// A problem with its count and advice. Empty if the count is 0.
    static func problem(_ count: UInt64, _ one: String, _ many: String, _ advice: String) -> [String] {
        count > 0 ? ["\(count) \(count == 1 ? one : many): \(advice)"] : []
    }

    /// Problems of the packets that were passed over: tunnels that cannot be read, and, if the capture has no events, other
    /// encapsulations and TCP.
    static func hints(_ notes: CaptureNotes, hasEvents: Bool) -> [String] {
        var found: [String] = []
        if notes.skipped.tunnel > 0 {
            let kinds = notes.unreadTunnels.map { "\($0.packets) of \($0.name)" }.joined(separator: ", ")
            found.append(
                "\(notes.skipped.tunnel) \(notes.skipped.tunnel == 1 ? "packet" : "packets") in tunnels that are not read "
                    + "(\(kinds)): record at the tunnel's end, where the packets are bare")
        }
        let encapsulated = notes.other.encapsulations
        if !encapsulated.isEmpty, !hasEvents {
            let kinds = encapsulated.map { "\($0.packets) of \($0.name)" }.joined(separator: ", ")
            found.append("packets in encapsulations that are not read (\(kinds)): record where the packets are bare")
        }
        if notes.other.tcpPackets > 0, !hasEvents {
            found.append(
                "\(notes.other.tcpPackets) TCP \(notes.other.tcpPackets == 1 ? "segment goes" : "segments go") to the wanted ports: "
                    + "only UDP is read; let the sender use UDP")
        }
        return found
    }

    /// A port in words: `120 datagrams to port 9125, which look like StatsD`.
    static func describe(_ port: OtherTraffic.Port) -> String {
        "\(port.datagrams) \(port.datagrams == 1 ? "datagram" : "datagrams") to port \(port.port)"
            + (port.encapsulation.map { " (\($0), which is not read)" } ?? "")
            + (port.looksLikeStats ? ", which \(port.datagrams == 1 ? "looks" : "look") like StatsD" : "")
    }

    /// A period in words: `20267 days`, or years from two years on.
    static func days(_ nanoseconds: Int64) -> String {
        let days = nanoseconds / 86_400_000_000_000
        return days < 730 ? "\(days) days" : "\(days / 365) years"
    }
}
