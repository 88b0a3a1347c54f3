import ReplayEngine
package import StatsPipeline

/// Finds limits whose patterns match no metric in any of a command's runs. Such a limit would hold for any loss, so it is a
/// mistake of its author.
package struct UnmatchedLimits: Sendable {
    /// Patterns without a matching metric, in the order of first appearance.
    package private(set) var patterns: [MetricPattern] = []
    private var matched: Set<MetricPattern> = []

    package init() {}

    /// Records the patterns of one run's scenario.
    package mutating func record(_ losses: [LossMeasure]) {
        for loss in losses {
            switch loss.limit.subject {
            case .lossClass: break
            case .pattern(let pattern): record(pattern, isMatched: loss.metrics > 0)
            }
        }
    }

    /// - Parameter isMatched: whether the run offers a metric that the pattern matches
    package mutating func record(_ pattern: MetricPattern, isMatched: Bool) {
        if isMatched {
            matched.insert(pattern)
            patterns.removeAll { $0 == pattern }
        } else if !matched.contains(pattern), !patterns.contains(pattern) {
            patterns.append(pattern)
        }
    }

    /// One sentence for each of ``patterns``.
    package var sentences: [String] {
        patterns.map { pattern in
            "the limit of '\(pattern)' matches no metric of any run: a pattern is a metric's name without its tags, or the beginning"
                + " of names and a *; classes are counter, gauge, timing and critical, where events and service checks count"
        }
    }
}
