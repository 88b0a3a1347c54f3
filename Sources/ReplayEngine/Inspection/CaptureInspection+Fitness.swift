package import PacketCapture
import StatsModel
import StatsReceiver

extension CaptureInspection {
    /// The largest step back of the capture's clock that is no problem. Network cards with several queues deliver packets
    /// slightly out of order.
    static let tolerableStepBack = Nanoseconds.milliseconds(100)
    /// The longest pause that can be real. A longer one means that the clock was set while capturing: a board that starts in 1970
    /// jumps by decades, and a board that starts at its firmware's build date jumps by months.
    static let tolerableStepForward = Nanoseconds.seconds(30 * 86_400)
    /// The largest number of other ports that a report names.
    static let otherPortLimit = 5

    /// The reasons why the capture makes no fixture. Empty if the capture is fit.
    ///
    /// A fit capture holds stats events, and its replay reproduces all traffic on the wire at the original times. Nothing was
    /// cut, dropped, broken, undecodable or out of time, and the default client accepts every event.
    borrowing func problems(_ notes: CaptureNotes, _ result: InspectionResult, _ failure: CaptureError?) -> [CaptureProblem] {
        var found: [CaptureProblem] = []
        if let failure { found.append(.broken(packets: notes.packets, failure)) }
        if result.eventsTotal == 0 { found.append(Self.emptiness(notes)) }
        found += Self.packetProblems(notes, hasEvents: result.eventsTotal > 0)
        found.add(result.malformedLines.total, CaptureProblem.malformedLines)
        found.add(notes.undecidedDuplicates, CaptureProblem.undecidedDuplicates)
        found.add(segmentedTexts, CaptureProblem.textSuperPackets)
        found.add(checksumFailures, CaptureProblem.checksumFailures)
        found.add(result.sessions.reduce(receiver.olderSessions.lost) { $0 &+ $1.lost }, CaptureProblem.missingSequenceNumbers)
        found.add(outOfRange, CaptureProblem.incredibleSequenceNumbers)
        found += Self.clockProblems(notes)
        found += delivery.problems(distinctMetrics: result.distinctMetrics)
        if result.metricsTruncated { found.append(.metricsBeyondInspection(counted: totals.catalog.count)) }
        return found
    }

    /// The reasons why a capture gave nothing to replay. Empty if it gave datagrams.
    package static func emptinessProblems(_ notes: CaptureNotes) -> [CaptureProblem] {
        guard notes.datagrams == 0 else { return [] }
        let (reason, others) = (emptiness(notes), packetProblems(notes, hasEvents: false))
        return reason == .empty(isExplained: true) ? others : [reason] + others
    }

    /// The reasons why the packets or the clock of a replayed capture make no fixture. Empty if the capture is empty, or if there
    /// are no notes.
    package static func replayProblems(_ notes: CaptureNotes?) -> [CaptureProblem] {
        guard let notes, notes.datagrams > 0 else { return [] }
        return packetProblems(notes, hasEvents: true) + clockProblems(notes)
    }

    /// Why a capture holds no stats event.
    private static func emptiness(_ notes: CaptureNotes) -> CaptureProblem {
        if notes.datagrams > 0 { return .noEvents(datagrams: notes.datagrams) }
        let ports = notes.other.ports(limit: otherPortLimit)
        if !ports.isEmpty {
            return .otherPortsOnly(ports, further: notes.skipped.otherPort - ports.reduce(0) { $0 + $1.datagrams })
        }
        if notes.skipped.checksum > 0 { return .wrongChecksumsOnly(datagrams: notes.wrongDatagrams) }
        return .empty(isExplained: !packetProblems(notes, hasEvents: false).isEmpty)
    }

    /// Problems of the capture's packets, replayed or not. Encapsulations and TCP are problems only if there are no events.
    private static func packetProblems(_ notes: CaptureNotes, hasEvents: Bool) -> [CaptureProblem] {
        var found: [CaptureProblem] = []
        found.add(notes.skipped.tunnel) { .unreadTunnels(packets: $0, notes.unreadTunnels) }
        if !hasEvents {
            if !notes.other.encapsulations.isEmpty { found.append(.unreadEncapsulations(notes.other.encapsulations)) }
            found.add(notes.other.tcpPackets) { .tcp(segments: $0) }
        }
        found.add(notes.skipped.truncated, CaptureProblem.truncatedPackets)
        found.add(notes.skipped.malformed, CaptureProblem.malformedPackets)
        found.add(notes.skipped.fragment, CaptureProblem.loneFragments)
        found.add(notes.kernelDrops ?? 0, CaptureProblem.kernelDrops)
        found.add(notes.interfaceDrops ?? 0, CaptureProblem.interfaceDrops)
        found.add(notes.seenAlike) { .repeatedDatagrams($0, times: notes.timesSeenAlike) }
        if notes.duplicateCaptures > 0 || notes.unprovenDuplicates > 0 {
            found.add(notes.uncomparedDatagrams, CaptureProblem.uncomparedDatagrams)
        }
        return found + notes.unsupportedLinkTypes.map(CaptureProblem.unreadLinkType)
    }

    /// Problems of the capture's timestamps.
    private static func clockProblems(_ notes: CaptureNotes) -> [CaptureProblem] {
        var found: [CaptureProblem] = []
        if notes.largestStepBack > tolerableStepBack.rawValue {
            found.append(
                .clockStepsBack(notes.clockStepsBack, largest: notes.largestStepBack, packet: notes.largestStepBackPacket))
        }
        if notes.largestStepForward > tolerableStepForward.rawValue {
            found.append(.clockStepForward(notes.largestStepForward, packet: notes.largestStepForwardPacket))
        }
        return found
    }
}

extension [CaptureProblem] {
    /// Adds a problem that occurred `count` times. Adds nothing for 0.
    fileprivate mutating func add(_ count: UInt64, _ problem: (UInt64) -> CaptureProblem) {
        if count > 0 { append(problem(count)) }
    }
}
