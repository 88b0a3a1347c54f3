import PacketCapture
package import ReplayEngine

extension CaptureProblem {
    /// The problem with its count, and advice.
    package var sentence: String {
        switch self {
        case .broken(let packets, let error):
            "the file is broken after packet \(packets): "
                + (error.saysWhatToDo ? error.reason : "record it again, or keep what is whole (editcap BROKEN WHOLE)")

        case .noEvents(let datagrams): "no stats event in \(datagrams) datagrams: see their senders"
        case .otherPortsOnly(let ports, let further): Self.otherPorts(ports, further)
        case .wrongChecksumsOnly(let datagrams):
            "no stats event: the checksums of all \(datagrams) datagrams are wrong; where they are left to a device (offload), "
                + "read them with --checksums ignore"
        case .empty(isExplained: true): "no stats event"
        case .empty(isExplained: false): "no stats event: record while the sender is at work"

        case .unreadTunnels(let packets, let kinds):
            "\(packets) \(packets == 1 ? "packet" : "packets") in tunnels that are not read (\(Self.list(kinds))): "
                + "record at the tunnel's end, where the packets are bare"
        case .unreadEncapsulations(let kinds):
            "packets in encapsulations that are not read (\(Self.list(kinds))): record where the packets are bare"
        case .tcp(let segments):
            "\(segments) TCP \(segments == 1 ? "segment goes" : "segments go") to the wanted ports: only UDP is read; let the "
                + "sender use UDP"
        case .unreadLinkType(let name): "the link type \(name) is not read: record on another interface"

        case .truncatedPackets(let count):
            Self.counted(
                count, "packet was cut while capturing", "packets were cut while capturing", "record again with a larger snap length")
        case .malformedPackets(let count):
            Self.counted(
                count, "packet with headers that contradict each other", "packets with headers that contradict each other",
                "record again")
        case .loneFragments(let count):
            Self.counted(
                count, "fragment of a datagram that never became whole", "fragments of datagrams that never became whole",
                "capture all fragments, as `statsreplay capture` does")
        case .kernelDrops(let count):
            Self.counted(
                count, "packet was dropped by the kernel", "packets were dropped by the kernel",
                "record again with a larger --buffer-size")
        case .interfaceDrops(let count):
            Self.counted(
                count, "packet was dropped by the interface", "packets were dropped by the interface",
                "record again at a lower rate, or with a larger receive ring")
        case .missingSequenceNumbers(let count):
            Self.counted(
                count, "sequence number is missing", "sequence numbers are missing",
                "packets were lost before the capture; record nearer to the sender")
        case .incredibleSequenceNumbers(let count):
            Self.counted(
                count, "packet with an incredible sequence number", "packets with incredible sequence numbers", "see their sender")

        case .repeatedDatagrams(let count, let times):
            Self.counted(
                count, "datagram came exactly \(times) times", "datagrams came exactly \(times) times each",
                "the capture seems to show one on several interfaces, which its link type does not tell; record on one interface, or "
                    + "with tcpdump -i any -y LINUX_SLL2")
        case .undecidedDuplicates(let count):
            Self.counted(
                count, "datagram may have been captured twice", "datagrams may have been captured twice",
                "source port and payload are those of another within 20 ms, and so is the identification, or another vantage point "
                    + "saw it without one; a sender or a network may have sent it twice as well; decide with --duplicates merge "
                    + "(count it once) or keep")
        case .uncomparedDatagrams(let count):
            Self.counted(
                count, "datagram was not looked for again", "datagrams were not looked for again",
                "too many came within 20 ms to find all that were captured twice; record on one interface")

        case .malformedLines(let count):
            Self.counted(
                count, "malformed line", "malformed lines",
                "they would not be replayed; see the packets named, and mend or filter the sender")
        case .textSuperPackets(let count):
            Self.counted(
                count, "super-packet of text", "super-packets of text",
                "text cannot be split surely; record with segmentation offload off "
                    + "(ethtool -K INTERFACE tx-udp-segmentation off gro off)")
        case .checksumFailures(let count):
            Self.counted(
                count, "checksum failure", "checksum failures",
                "nothing in those packets can be trusted; record nearer to the sender")
        case .longEvents(let events, let longest, let limit, let fitsDatagram):
            "\(events) event\(events == 1 ? " is" : "s are") longer than the \(limit) bytes that the default client sends, "
                + "the longest takes \(longest): "
                + (fitsDatagram
                    ? "run it with --client FILE, where FILE says large_event_limit: \(longest)"
                    : "no datagram holds the longest; its sender has to make it shorter")
        case .metricsBeyondClient(let count, let limit):
            "\(count) distinct metrics, and the default client keeps \(limit): "
                + "run it with --client FILE, where FILE says metric_limit: \(count)"
        case .metricsBeyondInspection(let counted):
            "more than \(counted) distinct metrics: they do not fit; record for a shorter time"

        case .clockStepsBack(let count, let largest, let packet):
            "the clock steps back \(count) times, by up to \(largest / 1_000_000) ms at packet \(packet): "
                + "sort the file by time (reordercap IN OUT), or record with a steady clock"
        case .clockStepForward(let step, let packet):
            "the clock jumps forward by \(Self.days(step)) at packet \(packet): it was set while capturing; record again, or keep "
                + "what is behind (editcap -r IN OUT \(packet)-0)"
        }
    }

    private static func counted(_ count: UInt64, _ one: String, _ many: String, _ advice: String) -> String {
        "\(count) \(count == 1 ? one : many): \(advice)"
    }

    private static func list(_ names: [CaptureNotes.Named]) -> String {
        names.map { "\($0.packets) of \($0.name)" }.joined(separator: ", ")
    }

    /// All datagrams go to other ports: for example `120 datagrams to port 9125, which look like StatsD`.
    private static func otherPorts(_ ports: [OtherTraffic.Port], _ further: UInt64) -> String {
        let others = ports.map { port in
            "\(port.datagrams) \(port.datagrams == 1 ? "datagram" : "datagrams") to port \(port.port)"
                + (port.encapsulation.map { " (\($0), which is not read)" } ?? "")
                + (port.looksLikeStats ? ", which \(port.datagrams == 1 ? "looks" : "look") like StatsD" : "")
        }
        let readable = ports.first { $0.encapsulation == nil }
        let advice = readable.map { "name what is meant, such as --port \($0.port)" } ?? "record where the packets are bare"
        return "no datagram to the wanted ports, but \(others.joined(separator: ", "))"
            + "\(further > 0 ? " and \(further) to further ones" : ""): \(advice)"
    }

    /// A period in words: `20267 days`, or years from two years on.
    private static func days(_ nanoseconds: Int64) -> String {
        let days = nanoseconds / 86_400_000_000_000
        return days < 730 ? "\(days) days" : "\(days / 365) years"
    }
}

extension InspectionResult {
    /// Adds what a report says in sentences: the capture's problems, and the decisions that depended on the dialect.
    package mutating func addSentences() {
        problems = problemFacts.map(\.sentence)
        dialect.remarks = dialect.facts.remarks
    }
}
