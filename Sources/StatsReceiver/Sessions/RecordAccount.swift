import StatsModel
import StatsWire

/// The loss counted in records (RFC 7011, sFlow v5): records that the sender reports as sent, less records that arrived.
///
/// A report covers the packets numbered up to its `packets`. Records of later packets are counted separately, so that the
/// difference stays exact while packets keep arriving. If packets overtook a report, it covers less than what already arrived and
/// cannot be compared. The account then waits for the next report.
struct RecordAccount: Equatable, Sendable {
    /// Records of all delivered packets.
    private(set) var delivered = TypeCounts()
    /// Records among them in packets beyond the settled report.
    private var beyond = TypeCounts()
    private var highestDelivered: UInt64 = 0
    private var settled: TotalsReport?

    /// The newest report, whether or not it could be settled. A report is newer if it covers more packets, because the sender's
    /// clock may step back, or if its time is later, because the numbering may begin again.
    private(set) var newest: TotalsReport?
    private var newestTimestamp: UInt64 = 0

    mutating func recordDelivered(_ counts: TypeCounts, sequence: UInt64) {
        delivered += counts
        highestDelivered = max(highestDelivered, sequence)
        if let settled, sequence > settled.packets { beyond += counts }
    }

    mutating func record(_ report: TotalsReport, timestamp: UInt64) {
        if let newest, report.packets < newest.packets, timestamp <= newestTimestamp { return }
        // Of two reports on the same number of packets, the one with more drops is newer.
        if let newest, report.packets == newest.packets, report.dropped.total < newest.dropped.total { return }
        newest = report
        newestTimestamp = timestamp
        guard report.packets >= highestDelivered else { return }
        settled = report
        beyond = TypeCounts()
    }

    /// Records sent up to the settled report that have not arrived. Never negative, whatever the sender reports.
    var lost: TypeCounts? {
        guard let settled else { return nil }
        var arrived = delivered
        arrived.lanes &-= beyond.lanes
        var lost = settled.sent
        let contradicted = lost.lanes .< arrived.lanes
        lost.lanes &-= arrived.lanes
        lost.lanes.replace(with: 0, where: contradicted)
        return lost
    }
}
