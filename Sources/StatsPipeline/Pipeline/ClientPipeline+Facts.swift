package import StatsModel

/// What the client says of itself.
extension ClientPipeline {
    /// The client's own books of losses, by cause and type, with the contents that ``EventContent`` defines.
    /// Its `offered` and `delivered` stay zero: the client does not see either.
    package var dropped: Ledger { accounting.dropped }
    /// Records in the data packets handed out so far; those of second copies are not counted again.
    package var sent: TypeCounts { accounting.sent }
    /// Data packets handed out so far; also the highest sequence number.
    package var packetsSent: UInt64 { accounting.packetsSent }
    /// Second copies handed out, and those that were not made.
    package var copyCounts: CopyCounts { mitigations.copies.counts }
    /// Data packets handed out that hold one event longer than a packet.
    package var largePackets: LargePacketCounts { accounting.large }
    /// Retransmissions, and why; running totals sent; parity packets. With what each cost.
    package var repairCounts: RepairCounts { mitigations.retransmission.counts }
    package var runningTotalCounts: RunningTotalCounts { mitigations.runningTotals.counts }
    package var parityTraffic: ParityTraffic { mitigations.parity.traffic }
    /// Contents offered that left in another form, minus the contents of that form; see ``ClientAccounting/contentAdjustment``.
    package var contentAdjustment: UInt64 { accounting.contentAdjustment }
    /// What the values of this metric add up to that were taken and lost later, each divided by its rate. Only kept
    /// where the client aggregates.
    package func lostValue(of metric: MetricID) -> WeightedSum {
        metric.index < accounting.lostValues.count ? accounting.lostValues[metric.index] : WeightedSum()
    }
    /// The metrics known, as a copy that shares its storage until one of both changes. The first two stand for all
    /// events and all service checks and do not count against ``ClientConfiguration/metricLimit``.
    package var catalog: MetricCatalog { metrics }
    /// Events waiting in the buffer, and the most that ever did. Those in the open packet wait no longer in the buffer.
    package var bufferedCount: Int { buffer.count }
    package var bufferedPeak: Int { accounting.bufferedPeak }
    /// The breaker's state; nil where there is none.
    package var breakerState: CircuitBreaker.State? { breaker?.state }

    /// The oldest change of the breaker's state not yet polled; nil when there is none.
    package mutating func pollBreakerTransition() -> BreakerTransition? {
        hasBreaker ? breaker?.pollTransition() : nil
    }
}
