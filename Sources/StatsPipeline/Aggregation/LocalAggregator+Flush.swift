package import StatsModel
import Synchronization

extension LocalAggregator {
    /// Takes everything that was added up and hands it over, metric by metric in the order of their numbers; those
    /// without a record since the last flush are left out.
    ///
    /// Others may record meanwhile: each record goes into this flush or the next. Two flushes at once divide between
    /// them what there is. A metric whose summary another thread is writing at this moment waits for the next flush,
    /// so the last flush belongs after the last record.
    ///
    /// Members of sets come last, in the order of their first sight: the set, how often the member came, its bytes.
    ///
    /// O(registered metrics × stripes + members); allocates nothing.
    package func flush(
        _ body: (AggregateRecord) -> Void, members: (MetricID, UInt64, Span<UInt8>) -> Void = { _, _, _ in }
    ) {
        let memberCount = flushMembers()
        var isBusy = false
        for index in 0..<registeredCount { if let record = take(index, isBusy: &isBusy) { body(record) } }
        for number in 0..<memberCount { withMember(number, members) }
    }

    /// As far as a flush has to look.
    package var registeredCount: Int { registered.load(ordering: .acquiring) }

    /// What the metric of that number added up to since it was last taken; nil where nothing did. `isBusy` becomes true
    /// where a part of it could not be taken, since another thread is recording there at this moment.
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
            // The records before the values that belong to them: see the storage's protocol.
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
