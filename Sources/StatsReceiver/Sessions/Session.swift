import StatsModel
import StatsWire

/// One open session: its numbers, its records, and when it was last heard.
struct Session: Sendable {
    var tracker: SequenceTracker
    var account = RecordAccount()
    /// When it is answered; nil where the receiver only listens.
    var answer: AnswerSchedule?
    /// What running totals restore; nil where nobody says what arrives.
    var statements: StatementAccount?
    /// Numbers that came first with a packet that was sent again.
    var repaired: UInt64 = 0
    /// Numbers that were first known through parity.
    var rebuilt: UInt64 = 0
    var isClosed = false
    /// A newer session of the same source has begun: this one ends when it has been silent for the grace period.
    var isReplaced = false
    var lastHeard: Instant
    /// Sessions count up in the order of first sight.
    let ordinal: UInt64
    /// Of the packet that was last heard, among all of the receiver's: the least recently heard has the smallest.
    var tick: UInt64 = 0

    init(tracker: SequenceTracker, answer: AnswerSchedule?, lastHeard: Instant, ordinal: UInt64) {
        self.tracker = tracker
        self.answer = answer
        self.lastHeard = lastHeard
        self.ordinal = ordinal
    }

    /// When time alone next changes something.
    func deadline(gracePeriod: Nanoseconds) -> Instant? {
        guard isReplaced else { return tracker.deadline }
        let end = lastHeard + gracePeriod
        return tracker.deadline.map { min($0, end) } ?? end
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
        summary.restated = statements?.restated ?? TypeCounts()
        summary.statements = statements?.counts ?? StatementAccountCounts()
        summary.recordsLost = tracker.unknown == 0 && tracker.restarts == 0 ? account.lost : nil
        return summary
    }
}
