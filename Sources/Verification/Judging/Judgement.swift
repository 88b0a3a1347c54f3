package import ReplayEngine
import StatsModel
import StatsPipeline
import StatsReceiver

/// Judges a run by everything that needs no golden file: the law of conservation, the detectors and the limits of loss.
package struct Judgement: Sendable {
    /// Broken rules that no fault may break, as sentences: the law of conservation, a detector, the codec.
    package let faults: [String]
    /// The reasons why the run fails, including broken limits, the most serious first (``FailureReason/all(patterns:)``).
    package let reasons: [FailureReason]
    /// Loss by limit: the classes in the order of ``LossClass``, and then the scenario's patterns in their order.
    package let losses: [LossMeasure]
    /// True if no event was offered, so that there is nothing to judge.
    package let isEmpty: Bool

    /// - Parameter ignoringLimits: treats every limit as kept. The self-test uses it to break the judge itself.
    package init(_ record: RunRecord, ignoringLimits: Bool = false) {
        isEmpty = record.ledger.offered.counts.total == 0
        losses = Self.losses(record, isIgnored: ignoringLimits)
        let found = Self.lawFaults(record) + Self.detectorFaults(record)
        faults = found.map(\.sentence)
        let reasons = Set(found.flatMap(\.reasons) + losses.filter { !$0.holds }.map { FailureReason($0.limit.subject) })
        self.reasons = FailureReason.all(patterns: record.scenario.lossLimits.patterns.map(\.pattern)).filter(reasons.contains)
    }

    /// One broken rule as a sentence and as keys.
    private struct Fault {
        let reasons: [FailureReason]
        let sentence: String

        init(_ reasons: FailureReason..., sentence: String) { self.init(reasons, sentence: sentence) }

        init(_ reasons: [FailureReason], sentence: String) {
            self.reasons = reasons
            self.sentence = sentence
        }
    }

    /// The mistakes of a detector, taken from its score.
    private static func mistakes(_ score: DetectorScore, _ reason: (FailureReason.Mistake) -> FailureReason) -> [FailureReason] {
        (score.missed > 0 ? [reason(.missed)] : []) + (score.falseAlarms > 0 ? [reason(.invented)] : [])
    }

    /// Loss by class and by pattern. A metric that the client's configuration declares critical counts in the class critical, and
    /// not in the class of its type. Patterns do not treat it differently.
    private static func losses(_ record: RunRecord, isIgnored: Bool) -> [LossMeasure] {
        var offered = record.ledger.offered.counts
        var delivered = record.ledger.delivered.counts
        var critical: (offered: UInt64, delivered: UInt64) = (0, 0)
        // Each metric by itself, since a surplus of one metric must not hide the loss of another.
        var recovered = TypeCounts()
        for metric in record.metrics.unlabelled where !metric.isCritical { recovered[metric.type] += metric.recoveredOfLost }
        for metric in record.metrics.unlabelled where metric.isCritical {
            offered[metric.type] -= metric.offered
            delivered[metric.type] -= metric.delivered
            critical.offered += metric.offered
            critical.delivered += metric.delivered
        }
        let limits = record.scenario.lossLimits
        let classes = LossClass.allCases.map { lossClass in
            let declared: (offered: UInt64, delivered: UInt64) = lossClass == .critical ? critical : (0, 0)
            return LossMeasure(
                LossLimit(.lossClass(lossClass), limits[lossClass]), offered: offered.total(of: lossClass) + declared.offered,
                delivered: delivered.total(of: lossClass) + declared.delivered, recovered: recovered.total(of: lossClass),
                isIgnored: isIgnored)
        }
        let pools = record.metrics.pools(of: limits.patterns.map(\.pattern))
        return classes + zip(limits.patterns, pools).map { limit, pool in
            LossMeasure(LossLimit(.pattern(limit.pattern), limit.share), pool, isIgnored: isIgnored)
        }
    }

    package var brokenLimits: [LossMeasure] { losses.filter { !$0.holds } }

    private static func lawFaults(_ record: RunRecord) -> [Fault] {
        var faults: [Fault] = []
        let ledger = record.ledger
        let imbalance = ledger.imbalance
        for type in MetricType.allCases {
            guard let difference = imbalance[type] else { continue }
            let what = difference > 0 ? "\(difference) vanished without a name" : "\(-difference) came from nowhere"
            faults.append(Fault(.law(type), sentence: "law of conservation, \(type.name): \(what)"))
        }
        if imbalance.isEmpty, !ledger.contentsBalance {
            faults.append(
                Fault(.contents, sentence: "law of conservation: the counts balance, but what the events say does not"))
        }
        faults += record.valueFaults.map { Fault(.values, sentence: "law of conservation in values, \($0.sentence)") }
        let packets = record.packets
        if !packets.balances {
            faults.append(
                Fault(
                    .packets,
                    sentence: "data packets: sent \(packets.sent), but delivered \(packets.delivered) + dropped"
                        + " \(packets.dropped) + corrupted \(packets.corrupted) + refused \(packets.refused)"))
        }
        if record.undecodableRecords > 0 {
            faults.append(
                Fault(.codec, sentence: "\(record.undecodableRecords) records did not decode although their checksum holds"))
        }
        return faults
    }

    private static func detectorFaults(_ record: RunRecord) -> [Fault] {
        var faults: [Fault] = []
        if !record.gaps.isPerfect {
            let places = record.firstMissedGaps.map { "missed \(text($0))" } + record.firstFalseGaps.map { "false \(text($0))" }
            faults.append(
                Fault(
                    mistakes(record.gaps, FailureReason.gaps),
                    sentence: "gap detection: \(record.gaps.description) (\(places.joined(separator: ", ")))"))
        }
        if !record.checksums.isPerfect {
            faults.append(
                Fault(
                    mistakes(record.checksums, FailureReason.checksums), sentence: "checksums: \(record.checksums.description)"))
        }
        if !record.controlChecksums.isPerfect {
            faults.append(
                Fault(
                    mistakes(record.controlChecksums, FailureReason.checksums),
                    sentence: "checksums of heartbeats, closing and parity packets: \(record.controlChecksums.description)"))
        }
        faults += record.recoveryFaults.map { Fault(.recovered, sentence: "running totals, \($0.sentence)") }
        // The closing packet carries the sender's totals. Once it has arrived, the receiver's own count of lost records is exact.
        // This holds only for a single session that one receiver followed from start to end.
        if record.restarts.isEmpty, let session = record.session, session.isClosed, let found = session.recordsLost {
            for type in MetricType.allCases where found[type] != networkLosses(record.ledger)[type] {
                faults.append(
                    Fault(
                        .records(type),
                        sentence: "records: the receiver misses \(found[type]) of type \(type.name), the network took"
                            + " \(networkLosses(record.ledger)[type])"))
            }
        }
        if !record.duplicates.isPerfect {
            faults.append(
                Fault(
                    mistakes(record.duplicates, FailureReason.duplicates),
                    sentence: "duplicates: \(record.duplicates.description)"))
        }
        return faults
    }

    /// Events lost between client and receiver, by type.
    private static func networkLosses(_ ledger: Ledger) -> TypeCounts {
        let causes: [LossCause] = [
            .networkLoss, .chosenLoss, .corruption, .networkQueueFull, .outOfRange, .sendFailed,
        ]
        return causes.reduce(into: TypeCounts()) { $0 += ledger[$1].counts }
    }

    /// A range in words: `17` or `17...19`.
    static func text(_ range: ClosedRange<UInt64>) -> String {
        range.lowerBound == range.upperBound ? "\(range.lowerBound)" : "\(range.lowerBound)...\(range.upperBound)"
    }
}
