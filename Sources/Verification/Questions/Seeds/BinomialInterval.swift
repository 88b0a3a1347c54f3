import Foundation

/// The confidence interval of a probability, after `broken` of `runs` independent runs broke something.
///
/// This is the exact interval of Clopper and Pearson (Biometrika 26, 1934). Whatever the true probability is, the interval covers
/// it in at least 95 of 100 such experiments.
package struct BinomialInterval: Sendable, Equatable {
    package let broken: Int
    package let runs: Int
    /// The bounds, between 0 and 1.
    package let lower: Double
    package let upper: Double

    /// The probability that is left out on each side.
    private static let tail = 0.025

    /// O(runs) for each of about fifty bisection steps. Traps unless `0 <= broken <= runs` and `runs > 0`.
    package init(broken: Int, runs: Int) {
        precondition(runs > 0, "no share without a run")
        precondition((0...runs).contains(broken), "more broken than run")
        self.broken = broken
        self.runs = runs
        // P(X >= broken) grows with the share, and P(X <= broken) falls with it. Each bound is the share where its tail begins.
        lower = broken == 0 ? 0 : Self.share { 1 - Self.atMost(broken - 1, of: runs, share: $0) < Self.tail }
        upper = broken == runs ? 1 : Self.share { Self.atMost(broken, of: runs, share: $0) > Self.tail }
    }

    /// The largest share for which `isBelow` holds, by bisection.
    private static func share(where isBelow: (Double) -> Bool) -> Double {
        var low = 0.0
        var high = 1.0
        for _ in 0..<52 {
            let middle = (low + high) / 2
            if isBelow(middle) { low = middle } else { high = middle }
        }
        return (low + high) / 2
    }

    /// P(X <= count) for a binomial X with `runs` and `share`. The sum uses logarithms, so that no factor underflows too early.
    static func atMost(_ count: Int, of runs: Int, share: Double) -> Double {
        if share <= 0 { return 1 }
        if share >= 1 { return count >= runs ? 1 : 0 }
        let success = log(share)
        let failure = log1p(-share)
        var term = Double(runs) * failure
        var sum = exp(term)
        for index in stride(from: 1, through: count, by: 1) {
            term += log(Double(runs - index + 1) / Double(index)) + success - failure
            sum += exp(term)
        }
        return min(1, sum)
    }
}
