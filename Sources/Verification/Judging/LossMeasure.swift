package import ReplayEngine
package import StatsModel

/// The loss of one class of metrics, or of the metrics that one pattern matches, held against what is acceptable.
///
/// Loss is counted in events: the share of the events offered by the capture that the receiver did not come to know,
/// whatever the cause, the client's own drops included. A counter's increment, a gauge's level, a timing
/// each count once, however large; the sample rate does not weigh. Counters include sets; timings include histograms
/// and distributions; critical are events and service checks.
package struct LossMeasure: Sendable, Equatable {
    package let limit: LossLimit
    package let offered: UInt64
    package let delivered: UInt64
    /// Undelivered events that running totals restored: increments of counters and levels of gauges.
    package let restored: UInt64
    /// How many metrics the run offers that the pattern matches; 0 for a class.
    package let metrics: Int

    /// True if the limit is ignored. Only a self-test does this.
    private let isIgnored: Bool

    package init(_ limit: LossLimit, offered: UInt64, delivered: UInt64, restored: UInt64 = 0) {
        self.init(limit, offered: offered, delivered: delivered, restored: restored, isIgnored: false)
    }

    init(
        _ limit: LossLimit, offered: UInt64, delivered: UInt64, restored: UInt64 = 0, metrics: Int = 0, isIgnored: Bool
    ) {
        self.limit = limit
        self.offered = offered
        self.delivered = delivered
        self.restored = restored
        self.metrics = metrics
        self.isIgnored = isIgnored
    }

    init(_ limit: LossLimit, _ pool: MetricPool, isIgnored: Bool) {
        self.init(
            limit, offered: pool.offered, delivered: pool.delivered, restored: pool.restored, metrics: pool.metrics,
            isIgnored: isIgnored)
    }

    /// `timing`, `checkout.*`.
    package var name: String { limit.subject.name }

    /// The class; nil for a pattern.
    package var lossClass: LossClass? {
        switch limit.subject {
        case .lossClass(let lossClass): lossClass
        case .pattern: nil
        }
    }

    /// Events that never reached the receiver.
    package var lost: UInt64 {
        let known = delivered + restored
        return offered > known ? offered - known : 0
    }

    /// The loss in percent. 0 if no event was offered.
    package var percent: Double { offered == 0 ? 0 : Double(lost) * 100 / Double(offered) }

    /// Strictly below the limit; exactly zero where the limit is zero.
    package var holds: Bool { isIgnored || limit.allows(lost: lost, of: offered) }
}
