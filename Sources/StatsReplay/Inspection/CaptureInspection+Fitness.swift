import PacketCapture
import StatsModel
import StatsReceiver

extension CaptureInspection {
    /// A clock may step back this far without being called broken: cards with several queues deliver that unordered.
    static let tolerableStepBack = Nanoseconds.milliseconds(100)
    /// A silence longer than this is none: the clock was set. (A board that begins in 1970 jumps by decades, one that begins
    /// when its firmware was built by months.)
    static let tolerableStepForward = Nanoseconds.seconds(30 * 86_400)

    /// Why the capture makes no fixture, each with its number and what to do about it; empty where it is fit.
    ///
    /// Fit is a capture that holds stats events and whose replay says all that was said on the wire, at the time it
    /// was said: nothing cut, dropped, broken, undecodable or out of time, and nothing that the default client refuses.
    borrowing func problems(_ notes: CaptureNotes, _ result: InspectionResult, _ failure: CaptureError?) -> [String] {
        var found: [String] = []
        func add(_ count: UInt64, _ one: String, _ many: String, _ advice: String) {
            if count > 0 { found.append("\(count) \(count == 1 ? one : many): \(advice)") }
        }
        if let error = failure {
            let advice = "record it again, or keep what is whole (editcap BROKEN WHOLE)"
            found.append("the file is broken after packet \(notes.packets): \(error.saysWhatToDo ? error.reason : advice)")
        }
        if result.eventsTotal == 0 { found.append(Self.nothingFound(notes)) }
        found += Self.hints(notes, hasEvents: result.eventsTotal > 0)
        add(notes.skipped.truncated, "packet was cut while capturing", "packets were cut while capturing",
            "record again with a larger snap length")
        add(notes.skipped.malformed, "packet with headers that contradict each other", "packets with headers that contradict each other",
            "record again")
        add(notes.skipped.fragment, "fragment of a datagram that never became whole", "fragments of datagrams that never became whole",
            "capture all fragments, as `statsreplay capture` does")
        add(notes.kernelDrops ?? 0, "packet was dropped by the kernel", "packets were dropped by the kernel",
            "record again with a larger --buffer-size")
        add(notes.interfaceDrops ?? 0, "packet was dropped by the interface", "packets were dropped by the interface",
            "record again at a lower rate, or with a larger receive ring")
        for name in notes.unsupportedLinkTypes {
            found.append("the link type \(name) is not read: record on another interface")
        }
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
        if notes.largestStepBack > Self.tolerableStepBack.rawValue {
            found.append(
                "the clock steps back \(notes.clockStepsBack) times, by up to \(notes.largestStepBack / 1_000_000) ms at packet "
                    + "\(notes.largestStepBackPacket): "
                    + "sort the file by time (reordercap IN OUT), or record with a steady clock")
        }
        if notes.largestStepForward > Self.tolerableStepForward.rawValue {
            found.append(
                "the clock jumps forward by \(Self.days(notes.largestStepForward)) at packet \(notes.largestStepForwardPacket): it was set "
                    + "while capturing; record again, or keep what is behind (editcap -r IN OUT \(notes.largestStepForwardPacket)-)")
        }
        found += delivery.problems(distinctMetrics: result.distinctMetrics)
        if result.metricsTruncated {
            found.append("more than \(totals.catalog.count) distinct metrics: they do not fit; record for a shorter time")
        }
        return found
    }

    /// Why a datagram may have been captured twice.
    private static let unproven =
        "source port and payload are those of another within 20 ms, and so is the identification, or another vantage point saw "
        + "it without one; a sender or a network may have sent it twice as well"

    static func nothingFound(_ notes: CaptureNotes) -> String {
        if notes.datagrams > 0 { return "no stats event in \(notes.datagrams) datagrams: see their senders" }
        let ports = notes.other.ports(limit: otherPortLimit)
        if let first = ports.first {
            let others = ports.map(describe).joined(separator: ", ")
            let more = notes.skipped.otherPort - ports.reduce(0) { $0 + $1.datagrams }
            return "no datagram to the wanted ports, but \(others)\(more > 0 ? " and \(more) to further ones" : ""): name what is "
                + "meant, such as --port \(first.port)"
        }
        if notes.datagrams == 0, notes.skipped.checksum > 0 {
            return "no stats event: the checksums of all \(notes.wrongDatagrams) datagrams are wrong; where they are left to a device "
                + "(offload), read them with --checksums ignore"
        }
        return "no stats event: record while the sender is at work"
    }
}
