import StatsModel
import Synchronization

extension LocalAggregator {
    /// Takes everything that was added up and hands it over, metric by metric in the order of their numbers; those
    /// without a record since the last flush are left out.
    ///
    /// Others may record meanwhile: each record goes into this flush or the next. Two flushes at once divide between
    /// them what there is. A metric whose summary another thread is writing at this moment waits for the next flush,
    /// so the last flush belongs after the last record.
    ///
    /// O(registered metrics × stripes); allocates nothing.
    public func flush(_ body: (AggregateRecord) -> Void) {
        forgetMembers()
        for index in 0..<registered.load(ordering: .acquiring) {
            let cell = storage.cell(index)
            // The first word of the cell, inside the block.
            let kind = unsafe AggregateStorage.word(cell).pointee.load(ordering: .relaxed)
            let metric = MetricID(UInt32(index))
            let record: AggregateRecord? =
                switch AggregateStorage.Kind(rawValue: kind) {
                case .counter: takeCounter(cell, metric)
                case .gauge: AggregatedGauge.take(cell, metric)
                case .summary: takeSummary(cell, metric)
                case nil: nil
                }
            if let record { body(record) }
        }
    }

    private func takeCounter(_ first: UInt, _ metric: MetricID) -> AggregateRecord? {
        var records: UInt64 = 0
        var whole: UInt64 = 0
        var fraction = 0.0
        for stripe in 0..<UInt(storage.stripeCount) {
            let cell = first + stripe * storage.stripeStride
            let ones = AggregateStorage.take(cell + AggregateStorage.onesOffset)
            let (sum, count) = AggregateStorage.unpack(AggregateStorage.take(cell + AggregateStorage.packedOffset))
            records &+= ones &+ count &+ AggregateStorage.take(cell + AggregateStorage.recordsOffset)
            whole &+= ones &+ UInt64(bitPattern: sum) &+ AggregateStorage.take(cell + AggregateStorage.spilledOffset)
            fraction += Double(bitPattern: AggregateStorage.take(cell + AggregateStorage.fractionOffset))
        }
        if records == 0, whole == 0, fraction == 0 { return nil }
        return AggregateRecord(
            metric: metric, value: .counter(sum: Double(Int64(bitPattern: whole)) + fraction), recordCount: records)
    }

    private func takeSummary(_ first: UInt, _ metric: MetricID) -> AggregateRecord? {
        var total: ValueSummary?
        var records: UInt64 = 0
        for stripe in 0..<UInt(storage.stripeCount) {
            guard let part = AggregatedSummary.take(first + stripe * storage.stripeStride) else { continue }
            total = total.map { $0 + part.summary } ?? part.summary
            records += part.records
        }
        return total.map { AggregateRecord(metric: metric, value: .summary($0), recordCount: records) }
    }
}
