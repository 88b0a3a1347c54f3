import StatsModel
import StatsReceiver
import StatsWire

/// What running totals restored, held against what really was lost.
///
/// The ledger stays as it is: a lost event stays lost under its cause, whatever is known of it later. Of those it is told
/// apart how many the receiver knows all the same.
extension RunAccounting {
    /// Faults that a record shows.
    static let recoveryFaultsShown = 8

    /// What the receiver restored in an epoch, at its end.
    mutating func recordRecoveredTotals(_ metrics: [RecoveredMetric]) {
        for metric in metrics {
            var sum = recoveredTotals[metric.key] ?? RecoveredSum(type: metric.type, label: metric.label)
            sum.count += metric.count
            sum.value += metric.value
            recoveredTotals[metric.key] = sum
        }
    }

    /// Whether this packet was missing to an earlier epoch of the receiver, which may have restored its events.
    mutating func recordComesLater(_ bytes: Span<UInt8>, _ header: PacketHeader) {
        if gaps.wasMissing(header.sequence, of: header.session) { comeLater.record(packet: bytes, header: header, in: &catalog) }
    }

    /// Per counter and gauge: restored is at most what was lost, and where it is all of that, so is the value of counters.
    ///
    /// A receiver that restarted may have restored what was delivered in a later epoch after all; nothing else. Values are then
    /// not compared.
    ///
    /// - Parameter isSure: no delay of the scenario lets a running total arrive so late that a restarted receiver cannot
    ///   know that a packet overtook it
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
                faults.append(RecoveryFault(type: sum.type, label: sum.label, kind: .events(restored: sum.count, lost: most)))
            } else if let lost, sum.count == lost.events, restarts.receiver == 0, key.hasPrefix("counter "),
                !Self.agrees(sum.value, lost.weighted, of: offered[key])
            {
                let kind = RecoveryFault.Kind.values(restored: sum.value, lost: lost.weighted.sum)
                faults.append(RecoveryFault(type: sum.type, label: sum.label, kind: kind))
            }
        }
        return Array(faults.prefix(Self.recoveryFaultsShown))
    }

    /// The receiver subtracts what arrived from what was offered, two sums of so many values, each step of which may round by
    /// half a unit in the last place of the sum: beside small values, large ones leave nothing of a fraction.
    private static func agrees(_ restored: Double, _ lost: WeightedSum, of offered: MetricNumbers?) -> Bool {
        guard restored.isFinite, lost.sum.isFinite else { return true }
        let steps = 2 * Double(offered?.events ?? 0)
        let rounding = steps * 0.5.ulp * (offered?.weighted.magnitude ?? 0)
        return (restored - lost.sum).magnitude <= 1e-6 * max(1, lost.magnitude) + rounding
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
