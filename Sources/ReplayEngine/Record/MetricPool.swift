/// Several metrics as one: what was offered and delivered of all of them together.
package struct MetricPool: Sendable, Equatable {
    /// How many of them were offered at all.
    package private(set) var metrics = 0
    package private(set) var offered: UInt64 = 0
    package private(set) var delivered: UInt64 = 0
    /// Of the lost events those that running totals restored. As in the limits of classes, a metric that the client's
    /// configuration declares critical is not restored.
    package private(set) var restored: UInt64 = 0

    mutating func add(_ outcome: MetricOutcome) {
        if outcome.offered > 0 { metrics += 1 }
        offered += outcome.offered
        delivered += outcome.delivered
        if !outcome.isCritical { restored += outcome.restoredOfLost }
    }
}
