import StatsModel
import StatsWire

/// The client's own accounting: every event that it took ends in `sent`, or in `dropped` under its cause.
package struct ClientAccounting: Sendable {
    /// Losses only. Callers that see both ends fill in `offered` and `delivered`.
    private(set) var dropped = Ledger()
    /// Records in data packets that were handed out, and the number of these packets.
    private(set) var sent = TypeCounts()
    private(set) var packetsSent: UInt64 = 0
    /// The largest number of events that ever waited in the buffer.
    private(set) var bufferedPeak = 0
    /// Data packets with a single event that is longer than a normal packet.
    private(set) var large = LargePacketCounts()
    /// The content adjustment: contents of offered events that left in another form, minus the contents of that form. With it,
    /// contents balance like counts. It covers sampled events, whose rate changes, and aggregated events.
    private(set) var contentAdjustment: UInt64 = 0
    /// Records refused before the pipeline by a driver: because the buffers of threads or of texts were full, or because a metric
    /// found no room. They are part of the report, but not of ``dropped``.
    var droppedOutside = TypeCounts()
    /// Values that were taken and lost later, by metric. Kept only if the client aggregates.
    private(set) var lostValues: [WeightedSum] = []
    let keepsValues: Bool

    init(keepsValues: Bool) { self.keepsValues = keepsValues }

    /// - Parameter count: the number of events in the record
    mutating func recordLoss(_ cause: LossCause, _ type: MetricType, count: UInt32, content: UInt64) {
        dropped.recordLoss(cause, type, count: count, content: content)
    }

    mutating func recordLostValue(_ event: StatEvent) {
        guard keepsValues else { return }
        while lostValues.count <= event.metric.index { lostValues.append(WeightedSum()) }
        lostValues[event.metric.index].add(event.value, rate: event.rate)
    }

    /// Records the loss of events that were already counted.
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

    mutating func recordContentAdjustment(_ offered: UInt64, into sent: UInt64) { contentAdjustment = contentAdjustment &+ offered &- sent }

    /// The report in heartbeats and closing packets.
    var report: TotalsReport {
        TotalsReport(packets: packetsSent, sent: sent, dropped: dropped.lost.counts + droppedOutside)
    }
}
