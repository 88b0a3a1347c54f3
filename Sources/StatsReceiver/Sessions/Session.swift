import StatsModel
import StatsWire

/// One open session: its sequence numbers, its records, and the time of its last packet.
struct Session: Sendable {
    var tracker: SequenceTracker
    var account = RecordAccount()
    /// The schedule of its acknowledgements. nil if the receiver does not answer.
    var answer: AnswerSchedule?
    /// The events that running totals recover. nil if running totals are ignored
    /// (``ReceiverConfiguration/maximumRunningTotals``).
    var runningTotals: RunningTotalAccount?
    /// Numbers that first arrived with a retransmission.
    var repaired: UInt64 = 0
    /// Numbers that were first recovered from parity.
    var rebuilt: UInt64 = 0
    var isClosed = false
    /// Whether a newer session of the same source has begun. This session then ends after a silence of the grace period.
    var isReplaced = false
    var lastActive: Instant
    /// The number of the session, in the order of first appearance.
    let ordinal: UInt64
    /// The number of its last packet among all packets of the receiver. The least recently active session has the smallest.
    var tick: UInt64 = 0

    init(tracker: SequenceTracker, answer: AnswerSchedule?, lastActive: Instant, ordinal: UInt64) {
        self.tracker = tracker
        self.answer = answer
        self.lastActive = lastActive
        self.ordinal = ordinal
    }

    /// The next time at which the session changes without a packet, and the time of its next acknowledgement.
    ///
    /// The function changes nothing. It is `mutating` because a borrowing call on an array's element would copy the element.
    mutating func due(gracePeriod: Nanoseconds) -> (timeout: Instant?, answer: Instant?) {
        guard isReplaced else { return (tracker.deadline, answer?.due) }
        let end = lastActive + gracePeriod
        return (tracker.deadline.map { min($0, end) } ?? end, answer?.due)
    }

    var summary: SessionSummary {
        var summary = SessionSummary(
            source: tracker.source, session: tracker.session, first: tracker.base, last: tracker.highest)
        summary.received = tracker.unique + tracker.duplicate + tracker.outOfRange
        summary.unique = tracker.unique
        summary.duplicate = tracker.duplicate
        summary.late = tracker.late
        summary.outOfRange = tracker.outOfRange
        summary.incredibleReports = tracker.incredibleReports
        summary.restarts = tracker.restarts
        summary.expected = tracker.expected
        summary.lost = tracker.lost
        summary.pending = tracker.pending
        summary.recovered = tracker.recovered
        summary.unknown = tracker.unknown
        summary.repaired = repaired
        summary.rebuilt = rebuilt
        summary.report = account.newest
        summary.isClosed = isClosed
        summary.gaps = tracker.gaps.ranges
        summary.gapsTruncated = tracker.gaps.isTruncated
        summary.delivered = account.delivered
        summary.recoveredByTotals = runningTotals?.recoveredByTotals ?? TypeCounts()
        summary.runningTotals = runningTotals?.counts ?? RunningTotalAccountCounts()
        summary.recordsLost = tracker.unknown == 0 && tracker.restarts == 0 ? account.lost : nil
        return summary
    }
}
