import ReplayEngine
import StatsModel

/// What one seed's run came to: enough to judge and to repeat it, and little enough to keep a million of them.
package struct SeedOutcome: Sendable, Equatable {
    package let seed: UInt64
    /// Events offered.
    package let events: UInt64
    /// What may never break and did: sentences of ``Judgement/faults``.
    package let faults: [String]
    /// In the order of ``LossClass``.
    package let losses: [LossMeasure]
    /// Bytes on the wire beside those that were sent once, the way back included, in percent of them.
    package let overheadPercent: Double

    init(_ record: RunRecord) {
        let judgement = Judgement(record)
        seed = record.scenario.seed
        events = record.ledger.offered.counts.total
        faults = judgement.faults
        losses = judgement.losses
        overheadPercent = record.costs.overheadPercent
    }

    /// How far the limits are overstepped or used up: the largest share of its limit that a class lost. Anything lost of
    /// a class that must lose nothing stands above all others.
    var severity: Double {
        losses.map { loss in
            if loss.lossClass.limit.isZero { return loss.lost == 0 ? 0 : 1e9 + loss.percent }
            return loss.percent / loss.lossClass.limit.percent
        }.max() ?? 0
    }
}
