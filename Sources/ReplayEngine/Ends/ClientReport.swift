package import StatsModel
package import StatsPipeline

/// A client's own report on a run. If the client restarts, the reports of all its epochs are added up.
package struct ClientReport: Sendable {
    /// Events that the client did not send, by cause. It had either accepted or refused them.
    package var dropped = Ledger()
    /// The contents of offered events that were sent in another form, minus the contents of that form
    /// (``Ledger/contentAdjustment``).
    package var contentAdjustment: UInt64 = 0
    /// The largest number of events that waited at one time.
    package var bufferPeak = 0
    /// Second copies of data packets.
    package var copies = CopyCounts()
    package var largePackets = LargePacketCounts()
    package var repairs = RepairCounts()
    package var parity = ParityTraffic()
    package var runningTotals = RunningTotalCounts()
    /// The largest number of bytes in the client's memory account. nil if there is no limit.
    package var memoryPeak: Int?
    /// The sums of the values that the client accepted and lost later, by the hash of the metric's key. Empty for clients that do
    /// not aggregate.
    package var lostValues: [UInt64: WeightedSum] = [:]

    package init() {}

    package static func += (sum: inout Self, other: Self) {
        sum.dropped.addLosses(of: other.dropped)
        sum.contentAdjustment &+= other.contentAdjustment
        sum.bufferPeak = max(sum.bufferPeak, other.bufferPeak)
        sum.copies.sent += other.copies.sent
        sum.copies.byteCount += other.copies.byteCount
        sum.copies.skipped += other.copies.skipped
        sum.largePackets += other.largePackets
        sum.repairs += other.repairs
        sum.parity += other.parity
        sum.runningTotals += other.runningTotals
        if let peak = other.memoryPeak { sum.memoryPeak = max(sum.memoryPeak ?? 0, peak) }
        for (key, value) in other.lostValues { sum.lostValues[key, default: WeightedSum()] += value }
    }
}
