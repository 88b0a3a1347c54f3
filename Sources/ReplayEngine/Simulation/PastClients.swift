import StatsModel
import StatsPipeline

/// What is known of clients that died, added up.
struct PastClients {
    private(set) var dropped = Ledger()
    private(set) var folded: UInt64 = 0
    private(set) var bufferPeak = 0
    private(set) var copies = CopyCounts()
    private(set) var largePackets = LargePacketCounts()
    private(set) var repairs = RepairCounts()
    private(set) var parity = ParityTraffic()
    private(set) var statements = StatementCounts()
    private(set) var memoryPeak = 0
    /// Values taken and lost later, by the metric's key.
    private(set) var lostLater: [UInt64: WeightedSum] = [:]

    mutating func add(_ client: borrowing ClientPipeline) {
        for cause in LossCause.allCases { dropped[cause] += client.dropped[cause] }
        folded &+= client.folded
        bufferPeak = max(bufferPeak, client.bufferedPeak)
        copies.sent += client.copyCounts.sent
        copies.byteCount += client.copyCounts.byteCount
        copies.skipped += client.copyCounts.skipped
        largePackets += client.largePackets
        repairs += client.repairCounts
        parity += client.parityTraffic
        statements += client.statementCounts
        memoryPeak = max(memoryPeak, client.memory?.peak ?? 0)
        guard client.configuration.aggregation != nil else { return }
        let catalog = client.catalog
        for index in 0..<catalog.count {
            let metric = MetricID(UInt32(index))
            lostLater[catalog.keyHash(of: metric), default: WeightedSum()] += client.lostValue(of: metric)
        }
    }
}
