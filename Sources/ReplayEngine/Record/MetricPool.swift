/// Several metrics that are judged together: the sums of their offered and delivered events.
package struct MetricPool: Sendable, Equatable {
    /// The number of these metrics that were offered.
    package private(set) var metrics = 0
    package private(set) var offered: UInt64 = 0
    package private(set) var delivered: UInt64 = 0
    /// The lost events that running totals recovered. As in the limits of classes, recovered events of a metric that the client's
    /// configuration declares critical do not count.
    package private(set) var recovered: UInt64 = 0

    mutating func add(_ outcome: MetricOutcome) {
        if outcome.offered > 0 { metrics += 1 }
        offered += outcome.offered
        delivered += outcome.delivered
        if !outcome.isCritical { recovered += outcome.recoveredOfLost }
    }
}
