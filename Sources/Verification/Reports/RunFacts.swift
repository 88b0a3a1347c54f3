import NetworkEmulator
package import ReplayEngine
package import StatsModel

/// The facts of one run that reports and golden files show, taken from its record and its judgement.
///
/// Text, JSON and golden files are projections of this model, and none of them reads the record. They agree therefore in what
/// they count, and in which parts of the client were in use. The model holds values; each projection makes its own sentences.
package struct RunFacts: Sendable {
    /// The law of the run: offered = delivered + every loss.
    package struct Events: Sendable {
        package struct Loss: Sendable {
            package let cause: LossCause
            package let counts: TypeCounts
        }

        package let offered: TypeCounts
        package let delivered: TypeCounts
        /// In the order of ``LossCause``. Causes without a loss are left out.
        package let losses: [Loss]
        /// Digests of the contents of all events. They do not depend on the order of events.
        package let offeredContents: UInt64
        package let deliveredContents: UInt64

        init(_ ledger: Ledger) {
            offered = ledger.offered.counts
            delivered = ledger.delivered.counts
            losses = LossCause.allCases.map { Loss(cause: $0, counts: ledger[$0].counts) }.filter { $0.counts.total > 0 }
            offeredContents = ledger.offered.contents
            deliveredContents = ledger.delivered.contents
        }

        /// Lost events of all types under all causes.
        var lost: UInt64 { losses.reduce(0) { $0 + $1.counts.total } }
    }

    package let capture: CaptureIdentity
    package let source: SourceFacts
    package let events: Events
    /// Data packets.
    package let packets: PacketCounts
    /// Heartbeats and closing packets.
    package let control: PacketCounts
    package let gaps: DetectorScore
    package let gapRanges: RangeDigest
    package let checksums: DetectorScore
    package let duplicates: DetectorScore
    /// Loss by limit: the classes, and then the patterns of the scenario in their order.
    package let losses: [LossMeasure]
    /// Losses by rule of the network. Rules without losses are left out.
    package let ruleLosses: [RuleLoss]
    /// Whether the scenario has more than one rule. A cause alone does not name the rule then.
    let hasSeveralRules: Bool
    package let restarts: RestartFacts
    /// Whether the scenario restarts a process.
    let plansRestarts: Bool
    package let client: ClientUse
    /// Every metric, sorted by type and label.
    package let metrics: MetricOutcomes

    init(_ record: RunRecord, _ judgement: Judgement) {
        capture = record.capture
        source = record.source
        events = Events(record.ledger)
        packets = record.packets
        control = record.control
        gaps = record.gaps
        gapRanges = record.gapRanges
        checksums = record.checksums
        duplicates = record.duplicates
        losses = judgement.losses
        ruleLosses = record.ruleLosses
        hasSeveralRules = record.scenario.impairments.rules.count > 1
        restarts = record.restarts
        plansRestarts = RestartSchedule(record.scenario.impairments.failures) != nil
        client = ClientUse(record)
        metrics = record.metrics
    }

    /// Names of the classes and patterns whose limits are broken.
    var brokenLimits: [String] { losses.filter { !$0.holds }.map(\.name) }
}
