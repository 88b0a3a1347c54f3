package import StatsModel
package import StatsPipeline

// The conformance is declared in the module that drives clients, so that the optimiser calls the pipeline directly.
extension ClientPipeline: ClientUnderTest {
    package mutating func prepare(at places: MetricCatalog.Places, count: Int) { prefetchMetrics(at: places, count: count) }

    package var report: ClientReport {
        var report = ClientReport()
        report.dropped = dropped
        report.contentAdjustment = contentAdjustment
        report.bufferPeak = bufferedPeak
        report.copies = copyCounts
        report.largePackets = largePackets
        report.repairs = repairCounts
        report.parity = parityTraffic
        report.runningTotals = runningTotalCounts
        report.memoryPeak = memory?.peak
        guard configuration.aggregation != nil else { return report }
        let catalog = catalog
        for index in 0..<catalog.count {
            let metric = MetricID(UInt32(index))
            report.lostValues[catalog.keyHash(of: metric), default: WeightedSum()] += lostValue(of: metric)
        }
        return report
    }
}
