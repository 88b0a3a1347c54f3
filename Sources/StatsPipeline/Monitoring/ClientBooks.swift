import StatsModel
import StatsWire

/// What the client knows of itself: every event it took ends in `sent` or, under its cause, in `dropped`.
package struct ClientBooks: Sendable {
    /// Losses only: `offered` and `delivered` are for those to fill in who see both ends.
    private(set) var dropped = Ledger()
    /// Records in data packets handed out, and how many such packets.
    private(set) var sent = TypeCounts()
    private(set) var packetsSent: UInt64 = 0
    /// The most events that ever waited in the buffer.
    private(set) var bufferedPeak = 0
    /// Second copies of data packets.
    private(set) var copies = CopyCounts()
    /// Data packets of one event that is longer than a packet.
    private(set) var large = LargePacketCounts()
    /// Contents of events as they were offered that left in another form, minus the contents of that form: with it,
    /// contents balance as counts do. Of sampled survivors, whose rate changes, and of aggregated events.
    private(set) var folded: UInt64 = 0
    /// Records that were refused in front of the pipeline, where a driver takes them: full buffers of threads and of texts, metrics
    /// that found no room. Part of what is reported, not of ``dropped``.
    var droppedOutside = TypeCounts()
    /// Values that were taken and lost later, by metric. Only kept where the client aggregates.
    private(set) var lostValues: [WeightedSum] = []
    let keepsValues: Bool

    init(keepsValues: Bool) { self.keepsValues = keepsValues }

    /// - Parameter count: how many events the record stands for
    mutating func recordLoss(_ cause: LossCause, _ type: MetricType, count: UInt32, content: UInt64) {
        dropped.recordLoss(cause, type, count: count, content: content)
    }

    mutating func recordLostValue(_ event: StatEvent) {
        guard keepsValues else { return }
        while lostValues.count <= event.metric.index { lostValues.append(WeightedSum()) }
        lostValues[event.metric.index].add(event.value, rate: event.rate)
    }

    /// Events that were counted already.
    mutating func recordLoss(_ cause: LossCause, _ tally: Tally) { dropped[cause] += tally }

    mutating func recordSent(_ counts: TypeCounts) {
        sent += counts
        packetsSent += 1
    }

    mutating func recordLarge(byteCount: Int) {
        large.packets += 1
        large.byteCount += UInt64(byteCount)
    }

    mutating func recordBuffered(_ count: Int) {
        if count > bufferedPeak { bufferedPeak = count }
    }

    mutating func recordCopySent(byteCount: Int) {
        copies.sent += 1
        copies.byteCount += UInt64(byteCount)
    }

    mutating func recordCopiesSkipped(_ count: Int) { copies.skipped += UInt64(count) }

    mutating func recordFolded(_ offered: UInt64, into sent: UInt64) { folded = folded &+ offered &- sent }

    /// What heartbeats and closing packets carry.
    var report: TotalsReport {
        TotalsReport(packets: packetsSent, sent: sent, dropped: dropped.lost.counts + droppedOutside)
    }
}
