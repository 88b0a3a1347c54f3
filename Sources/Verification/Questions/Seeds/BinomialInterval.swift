import Foundation

/// Between which shares the truth lies when `broken` of `runs` independent runs broke something.
///
/// The exact interval of Clopper and Pearson (Biometrika 26, 1934): it covers the true share in at least 95 of 100
/// such experiments, whatever that share is.
package struct BinomialInterval: Sendable, Equatable {
    package let broken: Int
    package let runs: Int
    /// Both between 0 and 1.
    package let lower: Double
    package let upper: Double

    /// Probability mass left out on either side.
    private static let tail = 0.025

    /// O(runs) for each of about fifty steps. Traps unless `0 <= broken <= runs` and `runs > 0`.
    package init(broken: Int, runs: Int) {
        precondition(runs > 0, "no share without a run")
        precondition((0...runs).contains(broken), "more broken than run")
        self.broken = broken
        self.runs = runs
        // P(X >= broken) grows with the share, P(X <= broken) falls with it: either is cut at the tail.
        lower = broken == 0 ? 0 : Self.share { 1 - Self.atMost(broken - 1, of: runs, share: $0) < Self.tail }
        upper = broken == runs ? 1 : Self.share { Self.atMost(broken, of: runs, share: $0) > Self.tail }
    }

    /// The share at which `isBelow` ends to hold, by bisection.
    private static func share(where isBelow: (Double) -> Bool) -> Double {
        var low = 0.0
        var high = 1.0
        for _ in 0..<52 {
            let middle = (low + high) / 2
            if isBelow(middle) { low = middle } else { high = middle }
        }
        return (low + high) / 2
    }

    /// P(X <= count) for X binomial with `runs` and `share`, summed from logarithms so that nothing underflows before
    /// it may.
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
