import StatsModel
import StatsReceiver
import StatsWire

/// Mutations of running totals.
extension Mutator {
    /// A report with one more event for each counter. nil if the report stays unchanged.
    func stated(_ bytes: Span<UInt8>) -> [UInt8]? {
        guard mutation == .exaggerateTotal, let header = try? PacketHeader(decoding: bytes),
            let report = TotalsReport(decoding: bytes, header: header)
        else { return nil }
        var reader = RunningTotalReader(bytes, header: header)
        var builder = PacketBuilder(maximumSize: 65_507, codec: .none)
        builder.beginRunningTotals(timestamp: header.timestamp)
        var isChanged = false
        while case .runningTotal(var runningTotal) = reader.next(bytes) {
            if runningTotal.type == .counter, applies(every: 1) {
                runningTotal.count += 1
                isChanged = true
            }
            _ = builder.append(runningTotal, keys: bytes, sequence: header.sequence)
        }
        guard isChanged else { return nil }
        _ = builder.sealRunningTotals(
            report, kind: header.kind, session: header.session, sequence: header.sequence, timestamp: header.timestamp)
        return builder.withBytes { bytes in (0..<bytes.count).map { bytes[$0] } }
    }

    /// The events that running totals recovered, after the mutation.
    func recoveredByTotals(_ metrics: [RecoveredMetric]) -> [RecoveredMetric] {
        guard mutation == .recoverTwice else { return metrics }
        return metrics.map { metric in
            guard metric.count > 0, applies(every: 1) else { return metric }
            var twice = metric
            twice.count *= 2
            return twice
        }
    }
}
