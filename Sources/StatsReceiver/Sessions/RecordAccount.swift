import StatsModel
import StatsWire

/// Loss counted in records (RFC 7011, sFlow v5): what the sender says it sent against what arrived.
///
/// A report covers the packets numbered up to its `packets`. Records of packets beyond it are kept apart, so that the
/// difference stays exact while the stream goes on. A report that packets overtook covers less than what was already
/// delivered, and cannot be held against it: the account waits for the next one.
struct RecordAccount: Equatable, Sendable {
    /// Records of all packets delivered.
    private(set) var delivered = TypeCounts()
    /// Of those, records of packets beyond the report held against them.
    private var beyond = TypeCounts()
    private var highestDelivered: UInt64 = 0
    private var settled: TotalsReport?

    /// The newest report, whether or not it could be settled: the one of more packets, since a sender's clock may step back,
    /// or of a later time, since its numbering may.
    private(set) var newest: TotalsReport?
    private var newestTimestamp: UInt64 = 0

    mutating func recordDelivered(_ counts: TypeCounts, sequence: UInt64) {
        delivered += counts
        highestDelivered = max(highestDelivered, sequence)
        if let settled, sequence > settled.packets { beyond += counts }
    }

    mutating func record(_ report: TotalsReport, timestamp: UInt64) {
        if let newest, report.packets < newest.packets, timestamp <= newestTimestamp { return }
        // Of reports on as many packets, that of more drops.
        if let newest, report.packets == newest.packets, report.dropped.total < newest.dropped.total { return }
        newest = report
        newestTimestamp = timestamp
        guard report.packets >= highestDelivered else { return }
        settled = report
        beyond = TypeCounts()
    }

    /// Records sent up to the settled report that did not arrive (yet); never negative, whatever the sender claims.
    var lost: TypeCounts? {
        guard let settled else { return nil }
        var arrived = delivered
        arrived.lanes &-= beyond.lanes
        var lost = settled.sent
        let lied = lost.lanes .< arrived.lanes
        lost.lanes &-= arrived.lanes
        lost.lanes.replace(with: 0, where: lied)
        return lost
    }
}
