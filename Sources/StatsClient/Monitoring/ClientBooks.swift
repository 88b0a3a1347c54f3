import StatsModel
import StatsWire

/// What the client knows of itself: every event it took ends in `sent` or, under its cause, in `dropped`.
struct ClientBooks: Sendable {
    /// Losses only: `offered` and `delivered` are for those to fill in who see both ends.
    private(set) var dropped = Ledger()
    /// Records in data packets handed out, and how many such packets.
    private(set) var sent = TypeCounts()
    private(set) var packetsSent: UInt64 = 0
    /// The most events that ever waited in the ring.
    private(set) var bufferedPeak = 0

    mutating func recordLoss(_ cause: LossCause, _ type: MetricType, content: UInt64) {
        dropped.recordLoss(cause, type, content: content)
    }

    mutating func recordSent(_ counts: TypeCounts) {
        sent += counts
        packetsSent += 1
    }

    mutating func recordBuffered(_ count: Int) {
        if count > bufferedPeak { bufferedPeak = count }
    }

    /// What heartbeats and closing packets carry.
    var report: TotalsReport {
        TotalsReport(packets: packetsSent, sent: sent, dropped: dropped.lost.counts)
    }
}
