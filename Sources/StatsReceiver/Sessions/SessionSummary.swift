package import StatsModel
package import StatsWire

/// One session's books. Always `lost + pending = expected - unique`, and `received = unique + duplicate + outOfRange`.
package struct SessionSummary: Equatable, Sendable {
    package var source: SourceID
    package var session: UInt64
    /// The lowest and highest sequence number heard of (base and highest), of the newest numbering where the sender
    /// restarted. `first = last + 1` where no number is expected yet (only spoken of by a heartbeat).
    package var first: UInt64
    package var last: UInt64
    /// Data packets with a good checksum, duplicates and those out of range included.
    package var received: UInt64 = 0
    package var unique: UInt64 = 0
    package var duplicate: UInt64 = 0
    package var late: UInt64 = 0
    /// Data packets whose number could not be believed, and control packets that speak of such a number.
    package var outOfRange: UInt64 = 0
    package var incredibleReports: UInt64 = 0
    package var restarts: UInt64 = 0
    /// Numbers first...last, over all restarts.
    package var expected: UInt64 = 0
    /// Holes given up, and holes that may still fill.
    package var lost: UInt64 = 0
    package var pending: UInt64 = 0
    /// Packets that came after their number had been given up; part of `late`, and no longer in `lost`.
    package var recovered: UInt64 = 0
    /// Packets that were missing until they were sent again; part of `unique`, and apart from `late`, which says only when
    /// a packet came.
    package var repaired: UInt64 = 0
    /// Packets that were worked out from parity before they came, if they ever did; part of `unique` and `received`.
    package var rebuilt: UInt64 = 0
    /// Numbers before the first one heard.
    package var unknown: UInt64 = 0
    /// The newest report of the sender, and whether a closing packet was heard.
    package var report: TotalsReport?
    package var isClosed = false
    /// Lost numbers, ascending, no two ranges touching; of all numberings in one list where the sender restarted.
    package var gaps: [ClosedRange<UInt64>] = []
    /// Whether gaps were left out because there are more than ``ReceiverConfiguration/maximumGaps``.
    package var gapsTruncated = false
    /// Records in the packets accepted, per type, as the caller said (``StatsReceiver/recordDelivered(_:_:from:)``).
    package var delivered = TypeCounts()
    /// Events of counters and gauges that running totals restored, and what statements were good for.
    package var restated = TypeCounts()
    package var statements = StatementAccountCounts()
    /// Records lost on the way, per type: what the sender's report says it sent, less what arrived of it. Exact as of
    /// the newest report that covers every packet delivered before it, so as soon as one later packet arrives.
    ///
    /// nil where it cannot be known: no such report yet, numbers unknown (the report counts them too), or a restart.
    package var recordsLost: TypeCounts?

    package init(source: SourceID, session: UInt64, first: UInt64, last: UInt64) {
        self.source = source
        self.session = session
        self.first = first
        self.last = last
    }
}
