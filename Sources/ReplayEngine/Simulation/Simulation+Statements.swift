import NetworkEmulator
import StatsModel
import StatsPipeline
import StatsReceiver
import StatsWire

/// What running totals restore.
extension Simulation {
    /// Takes what this life of the receiver restored, at its end.
    mutating func takeRestated() {
        var restated = receiver.restated
        saboteur?.restated(&restated)
        books.recordRestated(restated)
    }

    /// A self-test's other statements in the place of those that arrived.
    static func hear(
        _ bytes: [UInt8], _ delivery: Delivery, by receiver: inout StatsReceiver, _ books: inout RunBooks, at time: Instant
    ) {
        let outcome = receiver.receive(bytes.span, from: source, at: time)
        _ = books.recordArrival(delivery, outcome: outcome, bytes: bytes.span)
    }

    func summarizeStatements(_ counts: StatementCounts, into record: inout RunRecord) {
        record.statements.counts = counts
        record.restatedFaults = books.restatedFaults(isSure: scenario.hasShortDelays)
        for metric in record.metrics.unlabelled { record.statements.restored[metric.type] += metric.restoredOfLost }
        for session in receiver.sessions { record.statements.heard += session.statements }
    }
}
