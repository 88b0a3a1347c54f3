package import StatsModel

/// The loss of one class of metrics, held against what is acceptable.
///
/// Loss is counted in events: the share of the events of this class offered by the capture that the receiver did not
/// come to know, whatever the cause, the client's own drops included. A counter's increment, a gauge's level, a timing
/// each count once, however large; the sample rate does not weigh. Counters include sets; timings include histograms
/// and distributions; critical are events and service checks.
package struct LossMeasure: Sendable, Equatable {
    package let lossClass: LossClass
    package let offered: UInt64
    package let delivered: UInt64
    /// Of those that were not delivered, what running totals restored: increments of counters and levels of gauges.
    package let restored: UInt64

    /// A limit that is not looked at: only a self-test makes such.
    private let isIgnored: Bool

    package init(_ lossClass: LossClass, offered: UInt64, delivered: UInt64, restored: UInt64 = 0) {
        self.init(lossClass, offered: offered, delivered: delivered, restored: restored, isIgnored: false)
    }

    init(_ lossClass: LossClass, offered: UInt64, delivered: UInt64, restored: UInt64 = 0, isIgnored: Bool) {
        self.lossClass = lossClass
        self.offered = offered
        self.delivered = delivered
        self.restored = restored
        self.isIgnored = isIgnored
    }

    /// What the receiver never came to know.
    package var lost: UInt64 {
        let known = delivered + restored
        return offered > known ? offered - known : 0
    }

    /// 0 where nothing was offered.
    package var percent: Double { offered == 0 ? 0 : Double(lost) * 100 / Double(offered) }

    /// Strictly below the limit; exactly zero for what is critical.
    package var holds: Bool {
        let limit = lossClass.limit
        if lost == 0 || isIgnored { return true }
        let left = lost.multipliedFullWidth(by: limit.denominator)
        let right = offered.multipliedFullWidth(by: limit.numerator)
        return (left.high, left.low) < (right.high, right.low)
    }
}
