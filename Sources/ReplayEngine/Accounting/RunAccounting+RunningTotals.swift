import StatsModel
import StatsReceiver
import StatsWire

/// Events that running totals recovered, compared with the events that were really lost.
///
/// The ledger does not change: a lost event stays lost under its cause. Recovered events are counted separately.
extension RunAccounting {
    /// The number of faults that a record shows.
    static let recoveryFaultsShown = 8

    /// Records the events that running totals recovered in an epoch of the receiver. Call it at the end of the epoch.
    mutating func recordRecoveredTotals(_ metrics: [RecoveredMetric]) {
        for metric in metrics {
            var sum = recoveredTotals[metric.key] ?? RecoveredSum(type: metric.type, label: metric.label)
            sum.count += metric.count
            sum.value += metric.value
            recoveredTotals[metric.key] = sum
        }
    }

    /// Records a packet that an earlier epoch of the receiver had missed, because that epoch may have recovered its events.
    mutating func recordComesLater(_ bytes: Span<UInt8>, _ header: PacketHeader) {
        if gaps.wasMissing(header.sequence, of: header.session) { comeLater.record(packet: bytes, header: header, in: &catalog) }
    }

    /// Per counter and gauge: recovered is at most what was lost, and where it is all of that, so is the value of counters.
    ///
    /// A receiver that restarted may have recovered what was delivered in a later epoch after all; nothing else. Values are then
    /// not compared.
    ///
    /// - Parameter isSure: whether the scenario's delays are so short that a running total cannot be overtaken by a packet that
    ///   arrived before a restart of the receiver
    func recoveryFaults(isSure: Bool) -> [RecoveryFault] {
        guard isSure || restarts.receiver == 0 else { return [] }
        let lost = numbers(lost)
        let offered = numbers(offered)
        let later = numbers(comeLater)
        var faults: [RecoveryFault] = []
        for (key, sum) in recoveredTotals.sorted(by: { $0.key < $1.key }) where sum.count > 0 {
            let lost = lost[key]
            let most = (lost?.events ?? 0) + (later[key]?.events ?? 0)
            if sum.count > most {
                faults.append(RecoveryFault(type: sum.type, label: sum.label, kind: .events(recovered: sum.count, lost: most)))
            } else if let lost, sum.count == lost.events, restarts.receiver == 0, key.hasPrefix("counter "),
                !Self.agrees(sum.value, lost.weighted, of: offered[key])
            {
                let kind = RecoveryFault.Kind.values(recovered: sum.value, lost: lost.weighted.sum)
                faults.append(RecoveryFault(type: sum.type, label: sum.label, kind: kind))
            }
        }
        return Array(faults.prefix(Self.recoveryFaultsShown))
    }

    /// Whether a recovered value equals the lost one. The receiver subtracts the sum of arrived values from the sum of offered
    /// values. Each addition may round by half a unit in the last place of the sum. Beside large values, the fractions of small
    /// ones can therefore be lost.
    private static func agrees(_ recovered: Double, _ lost: WeightedSum, of offered: MetricNumbers?) -> Bool {
        guard recovered.isFinite, lost.sum.isFinite else { return true }
        let steps = 2 * Double(offered?.events ?? 0)
        let rounding = steps * 0.5.ulp * (offered?.weighted.magnitude ?? 0)
        return (recovered - lost.sum).magnitude <= 1e-6 * max(1, lost.magnitude) + rounding
    }

    private func numbers(_ sums: EventSums) -> [String: MetricNumbers] {
        if recoveredTotals.isEmpty { return [:] }
        var numbers: [String: MetricNumbers] = [:]
        for index in 0..<sums.metricBound {
            let metric = MetricID(UInt32(index))
            guard sums.events(of: metric) > 0 else { continue }
            numbers[MetricNames(metric, in: catalog).key] = sums.numbers(of: metric, in: catalog)
        }
        return numbers
    }
}
