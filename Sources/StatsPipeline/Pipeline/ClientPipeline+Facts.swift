package import StatsModel

/// The client's own counts and states.
extension ClientPipeline {
    /// The client's own account of losses by cause and type, with the contents that ``EventContent`` defines. Its `offered` and
    /// `delivered` stay zero, because the pipeline counts losses only.
    package var dropped: Ledger { accounting.dropped }
    /// Records in the data packets handed out so far. Second copies and retransmissions do not count again.
    package var sent: TypeCounts { accounting.sent }
    /// Data packets handed out so far. This is also the highest sequence number.
    package var packetsSent: UInt64 { accounting.packetsSent }
    /// Second copies that were handed out, and those that were skipped.
    package var copyCounts: CopyCounts { mitigations.copies.counts }
    /// Data packets handed out with a single event that is longer than a normal packet.
    package var largePackets: LargePacketCounts { accounting.large }
    /// Retransmissions with their reasons and their cost.
    package var repairCounts: RepairCounts { mitigations.retransmission.counts }
    /// Running totals that were sent, and their cost.
    package var runningTotalCounts: RunningTotalCounts { mitigations.runningTotals.counts }
    /// Parity packets, and their cost.
    package var parityTraffic: ParityTraffic { mitigations.parity.traffic }
    /// Contents of offered events that left in another form, minus the contents of that form; see
    /// ``ClientAccounting/contentAdjustment``.
    package var contentAdjustment: UInt64 { accounting.contentAdjustment }
    /// The sum of this metric's values that the client took and lost later, each divided by its sample rate. Kept only if the
    /// client aggregates.
    package func lostValue(of metric: MetricID) -> WeightedSum {
        metric.index < accounting.lostValues.count ? accounting.lostValues[metric.index] : WeightedSum()
    }
    /// The known metrics, as a copy that shares its storage until one of the two changes. The first two metrics stand for all
    /// events and all service checks, and do not count against ``ClientConfiguration/metricLimit``.
    package var catalog: MetricCatalog { metrics }
    /// Events that wait in the buffer. Events in the open packet have left it.
    package var bufferedCount: Int { buffer.count }
    /// The largest number of events that ever waited in the buffer.
    package var bufferedPeak: Int { accounting.bufferedPeak }
    /// The breaker's state. nil if there is no breaker.
    package var breakerState: CircuitBreaker.State? { breaker?.state }

    /// The oldest change of the breaker's state that was not polled yet. nil if there is none.
    package mutating func pollBreakerTransition() -> BreakerTransition? {
        hasBreaker ? breaker?.pollTransition() : nil
    }
}
