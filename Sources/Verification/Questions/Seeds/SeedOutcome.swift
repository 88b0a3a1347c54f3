import ReplayEngine
import StatsModel

/// The outcome of one seed's run. It is enough to judge and to repeat the run, and small enough to keep a million of them.
package struct SeedOutcome: Sendable, Equatable {
    package let seed: UInt64
    /// The number of offered events.
    package let events: UInt64
    /// Broken rules that no fault may break: the sentences of ``Judgement/faults``.
    package let faults: [String]
    /// In the order of ``ReplayEngine/LossLimits/all``.
    package let losses: [LossMeasure]
    /// Bytes on the wire beyond the first transmission of each packet, in percent of the first transmissions. The return path is
    /// included.
    package let overheadPercent: Double

    init(_ record: RunRecord) {
        let judgement = Judgement(record)
        seed = record.scenario.seed
        events = record.ledger.offered.counts.total
        faults = judgement.faults
        losses = judgement.losses
        overheadPercent = record.costs.overheadPercent
    }

    /// The severity of the losses: the largest ratio of a loss to its limit. A loss where no loss is allowed ranks above all
    /// others.
    var severity: Double {
        losses.map { loss in
            if loss.limit.share.isZero { return loss.lost == 0 ? 0 : 1e9 + loss.percent }
            return loss.percent / loss.limit.share.percent
        }.max() ?? 0
    }
}
