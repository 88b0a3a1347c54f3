package import ReplayEngine

/// One limit over many seeds: the number of runs that broke it, and the distribution of the loss.
package struct LimitStatistics: Sendable {
    package let limit: LossLimit
    /// The number of runs that broke the limit, and the confidence interval for all seeds.
    package let interval: BinomialInterval
    /// The largest number of events of this class or pattern that one run offered. 0 if the capture has none.
    package let offered: UInt64
    package let medianPercent: Double
    package let worstPercent: Double
    /// The lowest seed with the worst loss.
    package let worstSeed: UInt64

    /// - Parameter index: the limit's place in ``SeedOutcome/losses``
    init(_ limit: LossLimit, at index: Int, _ outcomes: [SeedOutcome]) {
        self.limit = limit
        let measures = outcomes.map { $0.losses[index] }
        interval = BinomialInterval(broken: measures.count { !$0.holds }, runs: measures.count)
        offered = measures.map(\.offered).max() ?? 0
        let sorted = measures.map(\.percent).sorted()
        medianPercent = (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
        var worst = (percent: -1.0, seed: 0 as UInt64)
        for (outcome, measure) in zip(outcomes, measures) where measure.percent > worst.percent {
            worst = (measure.percent, outcome.seed)
        }
        worstPercent = worst.percent
        worstSeed = worst.seed
    }
}
