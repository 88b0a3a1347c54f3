import StatsModel
import StatsWire

/// Packets of a session, and its acknowledgements.
extension Session {
    /// Takes a data packet with a good checksum. `isRebuilt` is true if parity recovered it.
    mutating func receive(
        _ header: PacketHeader, isRebuilt: Bool, at now: Instant, _ reports: inout LossReports
    ) -> SequenceTracker.Arrival {
        let before = tracker.holesSeen
        let restarts = tracker.restarts
        let arrival = tracker.receive(header.sequence, timestamp: header.timestamp, at: now, &reports)
        if tracker.restarts != restarts { runningTotals?.restart(at: now) }
        switch arrival {
        case .inOrder, .late:
            if header.knownFlags.contains(.isRetransmission) { repaired += 1 }
            if isRebuilt { rebuilt += 1 }
        case .duplicate, .outOfRange: break
        }
        answer?.handleData(
            header, isDuplicate: arrival == .duplicate, isRebuilt: isRebuilt, opened: tracker.holesSeen &- before,
            pending: tracker.pending, at: now)
        return arrival
    }

    /// Takes a heartbeat or closing packet.
    mutating func handleReport(_ header: PacketHeader, at now: Instant, _ reports: inout LossReports) {
        let before = tracker.holesSeen
        tracker.handleReport(of: header.sequence, at: now, &reports)
        answer?.handleReport(header, opened: tracker.holesSeen &- before, pending: tracker.pending, at: now)
    }

    /// Writes an acknowledgement with the missing ranges, the highest ones if one packet cannot hold all. O(window / 64 +
    /// ranges).
    mutating func writeAnswer(to builder: inout AcknowledgementBuilder, number: AnswerNumber, at now: Instant) -> Int {
        var highest = tracker.highest
        var isBegun = false
        tracker.forEachMissing(limit: Acknowledgement.rangeLimit) { range in
            if !isBegun { builder.begin(floor: range.lowerBound - 1) }
            isBegun = true
            // A distance that does not fit into 32 bits ends the numbers that the packet covers.
            if highest >= range.lowerBound, !builder.append(range) { highest = range.lowerBound - 1 }
        }
        if !isBegun { builder.begin(floor: highest) }
        let latest = answer?.latest ?? (sequence: 0, time: now)
        answer?.handleAnswer(pending: tracker.pending, at: now)
        return builder.seal(
            session: tracker.session, highest: highest, latest: latest.sequence, held: now - latest.time,
            number: number)
    }
}
