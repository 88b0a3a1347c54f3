package import StatsModel

/// The loss of one class of metrics, compared with the acceptable loss.
///
/// Loss is counted in events: the share of the capture's events of this class that never reached the receiver, for whatever
/// reason. The client's own drops are included. An increment of a counter, a level of a gauge and a timing count once each,
/// however large they are, and the sample rate has no weight. Counters include sets. Timings include histograms and
/// distributions. Critical are events and service checks.
package struct LossMeasure: Sendable, Equatable {
    package let lossClass: LossClass
    package let offered: UInt64
    package let delivered: UInt64
    /// Undelivered events that running totals restored: increments of counters and levels of gauges.
    package let restored: UInt64

    /// True if the limit is ignored. Only a self-test does this.
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

    /// Events that never reached the receiver.
    package var lost: UInt64 {
        let known = delivered + restored
        return offered > known ? offered - known : 0
    }

    /// The loss in percent. 0 if no event was offered.
    package var percent: Double { offered == 0 ? 0 : Double(lost) * 100 / Double(offered) }

    /// Whether the loss is acceptable: strictly below the limit, and exactly zero for the critical class.
    package var holds: Bool {
        let limit = lossClass.limit
        if lost == 0 || isIgnored { return true }
        let left = lost.multipliedFullWidth(by: limit.denominator)
        let right = offered.multipliedFullWidth(by: limit.numerator)
        return (left.high, left.low) < (right.high, right.low)
    }
}
