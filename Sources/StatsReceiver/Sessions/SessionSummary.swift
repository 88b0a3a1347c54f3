package import StatsModel
package import StatsWire

/// The accounting of one session. Always `lost + pending = expected - unique`, and `received = unique + duplicate + outOfRange`.
package struct SessionSummary: Equatable, Sendable {
    package var source: SourceID
    package var session: UInt64
    /// The lowest and highest known sequence number (base and highest), of the newest numbering if the sender restarted.
    /// `first = last + 1` if no number is expected yet, because only a heartbeat has arrived.
    package var first: UInt64
    package var last: UInt64
    /// Data packets with a good checksum, including duplicates and packets out of range.
    package var received: UInt64 = 0
    package var unique: UInt64 = 0
    package var duplicate: UInt64 = 0
    package var late: UInt64 = 0
    /// Data packets with an incredible number, and, counted separately, control packets that refer to such a number.
    package var outOfRange: UInt64 = 0
    package var incredibleReports: UInt64 = 0
    package var restarts: UInt64 = 0
    /// The count of numbers first...last, over all restarts.
    package var expected: UInt64 = 0
    /// Holes that were given up, and, counted separately, holes that may still be filled.
    package var lost: UInt64 = 0
    package var pending: UInt64 = 0
    /// Packets that arrived after their number had been given up. Part of `late`, and no longer in `lost`.
    package var recovered: UInt64 = 0
    /// Missing packets that arrived because they were retransmitted. Part of `unique`. They are independent of `late`, which only
    /// depends on the order of arrival.
    package var repaired: UInt64 = 0
    /// Packets that parity recovered before they arrived, if they ever did. Part of `unique` and `received`.
    package var rebuilt: UInt64 = 0
    /// Numbers before the first one that arrived.
    package var unknown: UInt64 = 0
    /// The sender's newest report, and whether a closing packet arrived.
    package var report: TotalsReport?
    package var isClosed = false
    /// Lost numbers as ascending ranges that do not touch. If the sender restarted, the list has the numbers of all numberings.
    package var gaps: [ClosedRange<UInt64>] = []
    /// Whether gaps were left out because there are more than ``ReceiverConfiguration/maximumGaps``.
    package var gapsTruncated = false
    /// Records in accepted packets by type (``ReceiverConfiguration/countsRecords``).
    package var delivered = TypeCounts()
    /// Events of counters and gauges that running totals recovered, and the counts of running totals by their use.
    package var recoveredByTotals = TypeCounts()
    package var runningTotals = RunningTotalAccountCounts()
    /// Records lost on the way, by type: records sent according to the sender's report, less records that arrived. Exact as of
    /// the newest report that covers every packet delivered before it. Packets with higher numbers do not change the value.
    ///
    /// nil if it cannot be known: there is no such report yet, there are unknown numbers (which the report counts too), or the
    /// sender restarted.
    package var recordsLost: TypeCounts?

    package init(source: SourceID, session: UInt64, first: UInt64, last: UInt64) {
        self.source = source
        self.session = session
        self.first = first
        self.last = last
    }
}
