package import StatsModel
package import StatsPipeline

/// What a client says of itself, or several clients of one run together, where it restarts.
package struct ClientReport: Sendable {
    /// Events that were taken or refused and not sent, by cause.
    package var dropped = Ledger()
    /// Contents offered that left in another form, minus the contents of that form (``Ledger/contentAdjustment``).
    package var contentAdjustment: UInt64 = 0
    /// The most events that ever waited.
    package var bufferPeak = 0
    /// Second copies of data packets.
    package var copies = CopyCounts()
    package var largePackets = LargePacketCounts()
    package var repairs = RepairCounts()
    package var parity = ParityTraffic()
    package var runningTotals = RunningTotalCounts()
    /// The most bytes that the client's memory account ever held; nil where there is no limit.
    package var memoryPeak: Int?
    /// What the values add up to that were taken and lost later, by the metric's key. Only of clients that aggregate.
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
