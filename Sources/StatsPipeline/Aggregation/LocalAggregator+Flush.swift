package import StatsModel
import Synchronization

extension LocalAggregator {
    /// Takes all sums and hands them over in the order of the metrics' numbers. Metrics without a record since the last flush are
    /// left out.
    ///
    /// Other threads may record meanwhile: each record goes into this flush or the next. Two flushes at the same time share the
    /// sums between them. If another thread is writing a metric's summary at this moment, the metric waits for the next flush.
    /// The last flush must therefore come after the last record.
    ///
    /// Members of sets come last, in the order of first appearance: the set, the number of the member's events, and its bytes.
    ///
    /// O(registered metrics × stripes + members). Allocates nothing.
    package func flush(
        _ body: (AggregateRecord) -> Void, members: (MetricID, UInt64, Span<UInt8>) -> Void = { _, _, _ in }
    ) {
        let memberCount = flushMembers()
        var isBusy = false
        for index in 0..<registeredCount { if let record = take(index, isBusy: &isBusy) { body(record) } }
        for number in 0..<memberCount { withMember(number, members) }
    }

    /// The number of metrics that a flush has to look at.
    package var registeredCount: Int { registered.load(ordering: .acquiring) }

    /// Takes the sum of the metric with this number. nil if there is none. `isBusy` becomes true if a part could not be taken,
    /// because another thread is recording there at this moment.
    func take(_ index: Int, isBusy: inout Bool) -> AggregateRecord? {
        let cell = storage.cell(index)
        // The first word of the cell, inside the block.
        let kind = unsafe AggregateStorage.word(cell).pointee.load(ordering: .relaxed)
        let metric = MetricID(UInt32(index))
        return switch AggregateStorage.Kind(rawValue: kind) {
        case .counter: takeCounter(cell, metric)
        case .gauge: AggregatedGauge.take(cell, metric)
        case .summary: takeSummary(cell, metric, isBusy: &isBusy)
        case nil: nil
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
            // Records are taken before the values that belong to them: see the storage's protocol.
            records &+= ones &+ count &+ AggregateStorage.take(cell + AggregateStorage.recordsOffset)
            whole &+= ones &+ UInt64(bitPattern: sum) &+ AggregateStorage.take(cell + AggregateStorage.spilledOffset)
            fraction += Double(bitPattern: AggregateStorage.take(cell + AggregateStorage.fractionOffset))
        }
        if records == 0, whole == 0, fraction == 0 { return nil }
        return AggregateRecord(
            metric: metric, value: .counter(sum: Double(Int64(bitPattern: whole)) + fraction), recordCount: records)
    }

    private func takeSummary(_ first: UInt, _ metric: MetricID, isBusy: inout Bool) -> AggregateRecord? {
        var total: ValueSummary?
        var records: UInt64 = 0
        for stripe in 0..<UInt(storage.stripeCount) {
            guard let part = AggregatedSummary.take(first + stripe * storage.stripeStride, isBusy: &isBusy) else {
                continue
            }
            total = total.map { $0 + part.summary } ?? part.summary
            records += part.records
        }
        return total.map { AggregateRecord(metric: metric, value: .summary($0), recordCount: records) }
    }
}
