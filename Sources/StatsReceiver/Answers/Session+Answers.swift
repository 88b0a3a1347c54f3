import StatsModel
import StatsWire

/// What a session hears, and what it answers.
extension Session {
    /// A data packet with a good checksum; `isRebuilt` where it was worked out from parity.
    mutating func receive(
        _ header: PacketHeader, isRebuilt: Bool, at now: Instant, _ reports: inout LossReports
    ) -> SequenceTracker.Arrival {
        let before = tracker.holesSeen
        let restarts = tracker.restarts
        let arrival = tracker.receive(header.sequence, timestamp: header.timestamp, at: now, &reports)
        if tracker.restarts != restarts { statements?.restart(at: now) }
        switch arrival {
        case .inOrder, .late:
            if header.knownFlags.contains(.isSentAgain) { repaired += 1 }
            if isRebuilt { rebuilt += 1 }
        case .duplicate, .outOfRange: break
        }
        answer?.handleData(
            header, isDuplicate: arrival == .duplicate, isRebuilt: isRebuilt, opened: tracker.holesSeen &- before,
            pending: tracker.pending, at: now)
        return arrival
    }

    /// A heartbeat or closing packet.
    mutating func hear(_ header: PacketHeader, at now: Instant, _ reports: inout LossReports) {
        let before = tracker.holesSeen
        tracker.hear(of: header.sequence, at: now, &reports)
        answer?.handleReport(header, opened: tracker.holesSeen &- before, pending: tracker.pending, at: now)
    }

    /// Writes the answer: what is missing, as far as one packet can say it, the highest ranges. O(window / 64 + ranges).
    mutating func writeAnswer(to builder: inout AcknowledgementBuilder, number: AnswerNumber, at now: Instant) -> Int {
        var highest = tracker.highest
        var isBegun = false
        tracker.forEachMissing(limit: Acknowledgement.rangeLimit) { range in
            if !isBegun { builder.begin(floor: range.lowerBound - 1) }
            isBegun = true
            // A gap wider than 32 bits can say ends what the packet speaks of.
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
