import NetworkEmulator
import StatsModel
import StatsPipeline
import StatsReceiver
import StatsWire

/// The harness's own account of a run: what was offered, what the network did, what arrived.
///
/// It trusts no stage: events offered are counted from the capture, events delivered from the bytes the receiver
/// accepted, and events lost from the bytes of each packet that died, decoded here once more.
struct RunBooks {
    /// The metrics of all the sums below, each name once.
    var catalog = MetricCatalog()
    private(set) var offered = EventSums()
    private(set) var delivered = EventSums()
    private(set) var died = EventSums()
    /// What the client refused at once; only counted where it aggregates.
    private(set) var refused = EventSums()
    private var ledger = Ledger()
    /// What of data packets the receiver's side counts; the rest stands in `sent`.
    var packets = PacketCounts()
    var sent: SentPackets
    /// Those of clients that died, by session: parity may still give back what they sent. Empty where there is none.
    var sentBefore: [(session: UInt64, packets: SentPackets)] = []
    var parity = ParityFacts()
    var costs = MitigationCosts()
    private var control = PacketCounts()
    private var repair = RepairFacts()
    private var checksums = DetectorScore()
    private var controlChecksums = DetectorScore()
    var duplicates = DetectorScore()
    var gaps: GapBooks
    var rules: RuleLedger
    var restarts = RestartFacts()
    /// What arrived in two lives of the receiver.
    var repeated = EventSums()
    /// What running totals restored, by the metric's key, and what arrived in a later life than missed it.
    var restated: [String: RestatedSum] = [:]
    /// What the receiver refused as too far ahead, by session and number: a later copy may be accepted.
    var refusedAhead: [UInt64: [UInt64: [UInt8]]] = [:]
    var comeLater = EventSums()
    private var transitions: [BreakerTransition] = []
    private var transitionCount = 0
    private let priorities: PriorityRules
    /// Whether values are compared as well: where the client adds events up, and no sampling makes guesses of them.
    let comparesValues: Bool
    /// Whether the client sends the mean of timings in their place.
    let hasMeans: Bool

    /// Changes of the breaker's state that a record shows.
    static let transitionsShown = 64

    /// - Parameter restarts: what will restart, and when
    init(_ scenario: Scenario, restarts: RestartSchedule?) {
        let client = scenario.client
        priorities = client.priorities
        hasMeans = client.aggregation?.timings == .summarise
        sent = SentPackets(mayComeLater: client.activeReliability != nil || client.activeParity != nil)
        rules = RuleLedger(scenario.impairments.rules)
        gaps = GapBooks(
            session: scenario.session, receiver: scenario.receiver, keepsLives: restarts?.holds(.receiver) == true,
            nextRestart: restarts?.next(of: .receiver))
        switch client.dropStrategy {
        case .newest, .oldest, .byPriority: comparesValues = client.aggregation != nil
        case .sampled: comparesValues = false
        }
    }

    mutating func recordOffered(_ event: DecodedEvent, bytes: Span<UInt8>, timestamp: Int64) {
        offered.record(event, bytes: bytes, timestamp: timestamp, in: &catalog)
    }

    /// The client did not take an event.
    mutating func recordRefused(_ event: DecodedEvent, bytes: Span<UInt8>, timestamp: Int64) {
        if comparesValues { refused.record(event, bytes: bytes, timestamp: timestamp, in: &catalog) }
    }

    mutating func recordSent(_ packet: OutgoingPacket, fate: Fate, bytes: Span<UInt8>) {
        costs.recordSent(packet, bytes: bytes)
        guard packet.kind == .data else {
            control.recordSent(fate)
            return
        }
        let before = sent.duplicates
        let death = sent.recordSent(
            packet.sequence, copy: packet.copy, hasCopy: packet.hasCopy, fate: fate, bytes: bytes)
        duplicates.injected += sent.duplicates - before
        if sent.isMissing { gaps.recordInjected(packet.sequence) }
        if let death {
            gaps.recordInjected(packet.sequence)
            bury(bytes, as: death)
        }
        buryDecided()
    }

    /// Enters packets whose second copy decided that nobody will receive them.
    mutating func buryDecided() {
        while let death = sent.pollDeath() {
            if !sent.mayComeLater { gaps.recordInjected(death.sequence) }
            bury(death.bytes.span, as: death.reason)
        }
    }

    mutating func recordTransition(_ transition: BreakerTransition) {
        transitionCount += 1
        if transitions.count < Self.transitionsShown { transitions.append(transition) }
    }

    /// Enters the events of a packet that no one will receive under the cause of its death, and its rule.
    mutating func bury(_ bytes: Span<UInt8>, as reason: SentPackets.Reason) {
        guard let header = try? PacketHeader(decoding: bytes) else { return }
        let before = died.tally
        died.record(packet: bytes, header: header, in: &catalog)
        var difference = died.tally
        difference.counts.lanes &-= before.counts.lanes
        difference.contents &-= before.contents
        ledger[reason.cause] += difference
        if let rule = reason.rule { rules.record(rule, difference.counts) }
    }

    /// Returns the events that arrived with it, by type.
    mutating func recordArrival(_ delivery: Delivery, outcome: ReceiveOutcome, bytes: Span<UInt8>) -> TypeCounts {
        let isData = delivery.kind == .data
        // Parity speaks of no number that was sent.
        if !delivery.isCorrupted, delivery.kind != .parity {
            let session = gaps.hasManySessions ? PacketHeader(unverified: bytes)?.session : nil
            let isOutOfRange = if case .outOfRange = outcome { true } else { false }
            gaps.recordHeard(
                delivery.sequence, of: session, isData: isData, isRefused: isOutOfRange, at: delivery.time)
        }
        let isRefused = if case .corrupt = outcome { true } else { false }
        if isData {
            Self.score(isCorrupted: delivery.isCorrupted, isRefused: isRefused, in: &checksums)
        } else {
            Self.score(isCorrupted: delivery.isCorrupted, isRefused: isRefused, in: &controlChecksums)
        }
        switch outcome {
        case .accepted(let header, let late):
            if gaps.isSettled(header.sequence, of: header.session) { return recordRepeated(bytes, header) }
            if header.knownFlags.contains(.isSentAgain) { packets.repaired += 1 }
            return recordAccepted(bytes, header, late: late)
        case .duplicate:
            if hasOpenDuplicates { duplicates.found += 1 } else { duplicates.falseAlarms += 1 }
        case .outOfRange(let header): recordOutOfRange(bytes, header)
        case .control:
            control.delivered += 1
        case .corrupt:
            break
        }
        return TypeCounts()
    }

    /// The events of a packet that was not known before count.
    mutating func recordAccepted(_ bytes: Span<UInt8>, _ header: PacketHeader, late: Bool) -> TypeCounts {
        packets.delivered += 1
        if late { packets.late += 1 }
        if !refusedAhead.isEmpty { recordAcceptedAfterRefusal(header) }
        if restarts.receiver > 0 { recordComesLater(bytes, header) }
        gaps.recordAccepted(header.sequence, isLate: late, of: header.session)
        return delivered.record(packet: bytes, header: header, in: &catalog)
    }

    /// The receiver answered.
    mutating func recordAnswer(byteCount: Int, fate: Fate) {
        repair.acknowledgementBytes += UInt64(byteCount)
        repair.acknowledgements.recordSent(fate)
        costs.acknowledgements.record(byteCount)
    }

    /// The client understood an answer.
    mutating func recordAnswerHeard() { repair.acknowledgements.delivered += 1 }

    /// Whether more second copies were injected than have arrived.
    var hasOpenDuplicates: Bool {
        duplicates.found + duplicates.unheard + duplicates.undetectable < duplicates.injected
    }

    private static func score(isCorrupted: Bool, isRefused: Bool, in score: inout DetectorScore) {
        switch (isCorrupted, isRefused) {
        case (true, true):
            score.injected += 1
            score.found += 1
        case (true, false): score.injected += 1
        case (false, true): score.falseAlarms += 1
        case (false, false): break
        }
    }

    mutating func recordGap(_ range: ClosedRange<UInt64>, of session: UInt64) { gaps.recordFound(range, of: session) }
    mutating func recordRecovered(_ range: ClosedRange<UInt64>, of session: UInt64) {
        gaps.recordRecovered(range, of: session)
    }

    mutating func finish() {
        finishSent()
        buryRefused()
        gaps.finish()
    }

    func summarize(into record: inout RunRecord) {
        record.ledger = ledger
        record.ledger.offered = offered.tally
        record.ledger.delivered = delivered.tally
        record.packets = sentCounts
        record.packets.rebuilt = packets.rebuilt
        record.packets.delivered = packets.delivered
        record.packets.late = packets.late
        record.packets.refused = packets.refused
        record.packets.repaired = packets.repaired
        record.control = control
        record.repair = repair
        record.parity = parity
        record.costs = costs
        record.ruleLosses = rules.losses
        record.restarts = restarts
        record.gaps = gaps.score
        record.gapRanges = gaps.truth
        record.firstMissedGaps = gaps.firstMissed
        record.firstFalseGaps = gaps.firstFalse
        record.checksums = checksums
        record.duplicates = duplicates
        record.client.bytesSent = costs.sentOnce
        record.client.transitions = transitions
        record.client.transitionCount = transitionCount
        record.undecodableRecords = delivered.malformedTotal + died.malformedTotal
        record.metrics = outcomes()
    }

    /// Every metric on both sides, sorted by type and label. O(n log n).
    ///
    /// What arrived without ever being offered shows as such.
    private func outcomes() -> MetricOutcomes {
        let shown = (0..<UInt32(catalog.count)).filter {
            offered.events(of: MetricID($0)) > 0 || delivered.events(of: MetricID($0)) > 0
        }
        var outcomes = MetricOutcomes(
            catalog: catalog, order: shown.sorted { catalog.labelPrecedes(MetricID($0), MetricID($1)) }, offered: offered,
            delivered: delivered)
        if !restated.isEmpty {
            for metric in shown {
                guard let sum = restated[MetricNames(MetricID(metric), in: catalog).key] else { continue }
                outcomes.restored[metric] = (sum.count, sum.value)
            }
        }
        if !priorities.critical.isEmpty {
            for metric in shown where isCritical(MetricID(metric)) { outcomes.critical.insert(metric) }
        }
        return outcomes
    }

    /// Whether the configuration declares this metric critical, and it was offered.
    private func isCritical(_ metric: MetricID) -> Bool {
        if offered.events(of: metric) == 0 { return false }
        let key = catalog.key(of: metric)
        return catalog.withArena { arena in
            priorities.priority(of: key.type, name: arena.extracting(key.name.range)) == .critical
        }
    }
}
