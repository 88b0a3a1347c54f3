package import ReplayEngine
package import StatsModel

/// The loss of one class of metrics, or of the metrics that one pattern matches, compared with its limit.
///
/// Loss is counted in events. It is the share of offered events that the receiver did not learn of, for any cause, including the
/// client's own drops. A counter's increment, a gauge's level and a timing each count once, whatever their value and sample rate.
/// Counters include sets. Timings include histograms and distributions. Critical are events, service checks, and metrics that the
/// client's configuration declares critical.
package struct LossMeasure: Sendable, Equatable {
    package let limit: LossLimit
    package let offered: UInt64
    package let delivered: UInt64
    /// Undelivered events that running totals recovered: increments of counters and levels of gauges.
    package let recovered: UInt64
    /// The number of offered metrics that the pattern matches. 0 for a class.
    package let metrics: Int

    /// True if the limit is ignored. Only a self-test does this.
    private let isIgnored: Bool

    package init(_ limit: LossLimit, offered: UInt64, delivered: UInt64, recovered: UInt64 = 0) {
        self.init(limit, offered: offered, delivered: delivered, recovered: recovered, isIgnored: false)
    }

    init(
        _ limit: LossLimit, offered: UInt64, delivered: UInt64, recovered: UInt64 = 0, metrics: Int = 0, isIgnored: Bool
    ) {
        self.limit = limit
        self.offered = offered
        self.delivered = delivered
        self.recovered = recovered
        self.metrics = metrics
        self.isIgnored = isIgnored
    }

    init(_ limit: LossLimit, _ pool: MetricPool, isIgnored: Bool) {
        self.init(
            limit, offered: pool.offered, delivered: pool.delivered, recovered: pool.recovered, metrics: pool.metrics,
            isIgnored: isIgnored)
    }

    /// The class or the pattern, such as `timing` or `checkout.*`.
    package var name: String { limit.subject.name }

    /// The class. nil for a pattern.
    package var lossClass: LossClass? {
        switch limit.subject {
        case .lossClass(let lossClass): lossClass
        case .pattern: nil
        }
    }

    /// Events that the receiver did not learn of.
    package var lost: UInt64 {
        let known = delivered + recovered
        return offered > known ? offered - known : 0
    }

    /// The loss in percent. 0 if no event was offered.
    package var percent: Double { offered == 0 ? 0 : Double(lost) * 100 / Double(offered) }

    /// Whether the loss is below the limit, or exactly zero if the limit is zero.
    package var holds: Bool { isIgnored || limit.allows(lost: lost, of: offered) }
}
