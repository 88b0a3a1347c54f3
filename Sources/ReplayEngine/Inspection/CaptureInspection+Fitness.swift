import PacketCapture
import StatsModel
import StatsReceiver

extension CaptureInspection {
    /// The largest step back of the capture's clock that is no problem. Network cards with several queues deliver packets
    /// slightly out of order.
    static let tolerableStepBack = Nanoseconds.milliseconds(100)
    /// The longest pause that can be real. A longer one means that the clock was set while capturing: a board that starts in 1970
    /// jumps by decades, and a board that starts at its firmware's build date jumps by months.
    static let tolerableStepForward = Nanoseconds.seconds(30 * 86_400)

    /// The reasons why the capture makes no fixture, each with its count and advice. Empty if the capture is fit.
    ///
    /// A fit capture holds stats events, and its replay reproduces all traffic on the wire at the original times. Nothing was
    /// cut, dropped, broken, undecodable or out of time, and the default client accepts every event.
    borrowing func problems(_ notes: CaptureNotes, _ result: InspectionResult, _ failure: CaptureError?) -> [String] {
        var found: [String] = []
        func add(_ count: UInt64, _ one: String, _ many: String, _ advice: String) {
            found += Self.problem(count, one, many, advice)
        }
        if let error = failure {
            let advice = "record it again, or keep what is whole (editcap BROKEN WHOLE)"
            found.append("the file is broken after packet \(notes.packets): \(error.saysWhatToDo ? error.reason : advice)")
        }
        if result.eventsTotal == 0 { found.append(Self.nothingFound(notes)) }
        found += Self.packetProblems(notes, hasEvents: result.eventsTotal > 0)
        add(result.malformedLines.total, "malformed line", "malformed lines",
            "they would not be replayed; see the packets named, and mend or filter the sender")
        add(notes.undecidedDuplicates, "datagram may have been captured twice", "datagrams may have been captured twice",
            "\(Self.unproven); decide with --duplicates merge (count it once) or keep")
        add(segmentedTexts, "super-packet of text", "super-packets of text",
            "text cannot be split surely; record with segmentation offload off "
                + "(ethtool -K INTERFACE tx-udp-segmentation off gro off)")
        add(checksumFailures, "checksum failure", "checksum failures",
            "nothing in those packets can be trusted; record nearer to the sender")
        let lost = result.sessions.reduce(receiver.olderSessions.lost) { $0 &+ $1.lost }
        add(lost, "sequence number is missing", "sequence numbers are missing",
            "packets were lost before the capture; record nearer to the sender")
        add(outOfRange, "packet with an incredible sequence number", "packets with incredible sequence numbers",
            "see their sender")
        found += Self.clockProblems(notes)
        found += delivery.problems(distinctMetrics: result.distinctMetrics)
        if result.metricsTruncated {
            found.append("more than \(totals.catalog.count) distinct metrics: they do not fit; record for a shorter time")
        }
        return found
    }

    /// The evidence for a datagram that may have been captured twice.
    private static let unproven =
        "source port and payload are those of another within 20 ms, and so is the identification, or another vantage point saw "
        + "it without one; a sender or a network may have sent it twice as well"

    /// The whole message if the problems of the packets explain by themselves why there are no events.
    static let nothing = "no stats event"

    static func nothingFound(_ notes: CaptureNotes) -> String {
        if notes.datagrams > 0 { return "no stats event in \(notes.datagrams) datagrams: see their senders" }
        let ports = notes.other.ports(limit: otherPortLimit)
        if !ports.isEmpty {
            let others = ports.map(describe).joined(separator: ", ")
            let more = notes.skipped.otherPort - ports.reduce(0) { $0 + $1.datagrams }
            let bare = ports.first { $0.encapsulation == nil }
            let advice = bare.map { "name what is meant, such as --port \($0.port)" } ?? "record where the packets are bare"
            return "no datagram to the wanted ports, but \(others)\(more > 0 ? " and \(more) to further ones" : ""): \(advice)"
        }
        if notes.datagrams == 0, notes.skipped.checksum > 0 {
            return "no stats event: the checksums of all \(notes.wrongDatagrams) datagrams are wrong; where they are left to a device "
                + "(offload), read them with --checksums ignore"
        }
        return packetProblems(notes, hasEvents: false).isEmpty ? nothing + ": record while the sender is at work" : nothing
    }
}
