import NetworkEmulator
import StatsModel
import StatsPipeline
import StatsReceiver
import StatsWire

/// The harness's own account of a run: the events that were offered, lost and delivered, and the effects of the network.
///
/// It trusts no stage. It counts offered events from the capture, delivered events from the bytes of accepted packets, and lost
/// events from the bytes of each lost packet, which it decodes again.
struct RunAccounting {
    /// The catalog that all sums below share. It stores each name once.
    var catalog = MetricCatalog()
    private(set) var offered = EventSums()
    private(set) var delivered = EventSums()
    private(set) var lost = EventSums()
    /// Events that the client refused at once. Only counted if values are compared.
    private(set) var refused = EventSums()
    private var ledger = Ledger()
    /// Counts of data packets at the receiver. The counts of the sending side are in `sent`.
    var packets = PacketCounts()
    var sent: SentPackets
    /// Packets of retired clients by session, because parity may still recover them. Empty if no client restarted.
    var sentBefore: [(session: UInt64, packets: SentPackets)] = []
    var costs = MitigationCosts()
    private var control = PacketCounts()
    private var repair = RepairFacts()
    private var checksums = DetectorScore()
    private var controlChecksums = DetectorScore()
    var duplicates = DetectorScore()
    var gaps: GapAccounting
    var rules: RuleLedger
    var restarts = RestartFacts()
    /// Events of packets that arrived in two epochs of the receiver.
    var repeated = EventSums()
    /// Events that running totals recovered, by the metric's key.
    var recoveredTotals: [String: RecoveredSum] = [:]
    /// Packets that the receiver refused as too far ahead, by session and number. A later copy may be accepted.
    var refusedAhead: [UInt64: [UInt64: [UInt8]]] = [:]
    /// Events of packets that arrived in a later epoch of the receiver than the one that missed them.
    var comeLater = EventSums()
    private var transitions: [BreakerTransition] = []
    private var transitionCount = 0
    private let priorities: PriorityRules
    private let hasShortDelays: Bool
    /// Whether values are compared as well: the client aggregates, and does not sample.
    let comparesValues: Bool
    /// Whether the client sends the mean of timings instead of the timings.
    let hasMeans: Bool

    /// The number of changes of the breaker's state that a record shows.
    static let transitionsShown = 64

    /// - Parameter restarts: the schedule of restarts; nil if no process restarts
    init(_ scenario: Scenario, restarts: RestartSchedule?) {
        let client = scenario.client
        priorities = client.priorities
        hasShortDelays = scenario.hasShortDelays
        hasMeans = client.aggregation?.timings == .summarise
        sent = SentPackets(mayComeLater: client.activeReliability != nil || client.activeParity != nil)
        rules = RuleLedger(scenario.impairments.rules)
        gaps = GapAccounting(
            session: scenario.session, receiver: scenario.receiver, keepsEpochs: restarts?.holds(.receiver) == true,
            nextRestart: restarts?.next(of: .receiver))
        switch client.dropStrategy {
        case .newest, .oldest, .byPriority: comparesValues = client.aggregation != nil
        case .sampled: comparesValues = false
        }
    }

    /// Prefetches the metrics of the events that are offered next, ``EventDecoder/batchLimit`` at most. Returns the places where
    /// the searches for them begin, in every catalog with the hash of this process.
    ///
    /// The function changes nothing. It is `mutating` because a borrowing call would copy this large value.
    mutating func prepare(_ events: Span<DecodedEvent>, bytes: Span<UInt8>) -> MetricCatalog.Places {
        let places = catalog.places(of: events, bytes)
        if events.count > 1, catalog.isLarge { catalog.prefetch(places, count: events.count) }
        return places
    }

    /// Counts offered events of one datagram, for which ``prepare(_:bytes:)`` gave these places.
    mutating func recordOffered(
        _ events: Span<DecodedEvent>, at places: MetricCatalog.Places, bytes: Span<UInt8>, timestamp: Int64
    ) {
        offered.record(events, at: places, bytes: bytes, timestamp: timestamp, in: &catalog)
    }

    /// Records that the client refused an event.
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
        let loss = sent.recordSent(
            packet.sequence, copy: packet.copy, hasCopy: packet.hasCopy, fate: fate, bytes: bytes)
        duplicates.injected += sent.duplicates - before
        if sent.isMissing { gaps.recordInjected(packet.sequence) }
        if let loss {
            gaps.recordInjected(packet.sequence)
            recordLost(bytes, as: loss)
        }
        recordDecidedLosses()
    }

    /// Records lost packets whose fate was decided by their second copy.
    mutating func recordDecidedLosses() {
        while let packet = sent.pollLost() {
            if !sent.mayComeLater { gaps.recordInjected(packet.sequence) }
            recordLost(packet.bytes.span, as: packet.reason)
        }
    }

    mutating func recordTransition(_ transition: BreakerTransition) {
        transitionCount += 1
        if transitions.count < Self.transitionsShown { transitions.append(transition) }
    }

    /// Counts the events of a lost packet by the cause and the rule of the loss.
    mutating func recordLost(_ bytes: Span<UInt8>, as reason: SentPackets.Reason) {
        guard let header = try? PacketHeader(decoding: bytes) else { return }
        let before = lost.tally
        lost.record(packet: bytes, header: header, in: &catalog)
        var difference = lost.tally
        difference.counts.lanes &-= before.counts.lanes
        difference.contents &-= before.contents
        ledger[reason.cause] += difference
        if let rule = reason.rule { rules.record(rule, difference.counts) }
    }

    /// Records that a datagram arrived, with the receiver's verdict on it.
    mutating func recordArrival(_ delivery: Delivery, outcome: ReceiveOutcome, bytes: Span<UInt8>) {
        let isData = delivery.kind == .data
        // Parity packets name no data number.
        if !delivery.isCorrupted, delivery.kind != .parity {
            let session = gaps.hasManySessions ? PacketHeader(unverified: bytes)?.session : nil
            let isOutOfRange = if case .outOfRange = outcome { true } else { false }
            gaps.recordIntact(
                delivery.sequence, of: session, isData: isData, isRefused: isOutOfRange, at: delivery.time)
        }
        let isRefused = if case .corrupt = outcome { true } else { false }
        if isData {
            checksums.recordCopy(isCorrupted: delivery.isCorrupted, isRefused: isRefused)
        } else {
            controlChecksums.recordCopy(isCorrupted: delivery.isCorrupted, isRefused: isRefused)
        }
        switch outcome {
        case .accepted(let header, let late):
            if gaps.isSettled(header.sequence, of: header.session) {
                recordRepeated(bytes, header)
            } else {
                if header.knownFlags.contains(.isRetransmission) { packets.repaired += 1 }
                recordAccepted(bytes, header, late: late)
            }
        case .duplicate:
            if hasOpenDuplicates { duplicates.found += 1 } else { duplicates.falseAlarms += 1 }
        case .outOfRange(let header): recordOutOfRange(bytes, header)
        case .control:
            control.delivered += 1
        case .corrupt:
            break
        }
    }

    /// Counts the events of a packet that was accepted for the first time.
    mutating func recordAccepted(_ bytes: Span<UInt8>, _ header: PacketHeader, late: Bool) {
        packets.delivered += 1
        if late { packets.late += 1 }
        if !refusedAhead.isEmpty { recordAcceptedAfterRefusal(header) }
        if restarts.receiver > 0 { recordComesLater(bytes, header) }
        gaps.recordAccepted(header.sequence, isLate: late, of: header.session)
        delivered.record(packet: bytes, header: header, in: &catalog)
    }

    /// Records an acknowledgement that the receiver sent.
    mutating func recordAnswer(byteCount: Int, fate: Fate) {
        repair.acknowledgementBytes += UInt64(byteCount)
        repair.acknowledgements.recordSent(fate)
        costs.acknowledgements.record(byteCount)
    }

    /// Records an acknowledgement that the client understood.
    mutating func recordAnswerDelivered() { repair.acknowledgements.delivered += 1 }

    /// Whether more second copies were injected than have arrived so far.
    var hasOpenDuplicates: Bool {
        duplicates.found + duplicates.undetectable + duplicates.outsideWindow < duplicates.injected
    }

    mutating func recordGap(_ range: ClosedRange<UInt64>, of session: UInt64) { gaps.recordFound(range, of: session) }
    mutating func recordRecovered(_ range: ClosedRange<UInt64>, of session: UInt64) {
        gaps.recordRecovered(range, of: session)
    }

    mutating func finish() {
        finishSent()
        recordRefusedAsLost()
        gaps.finish()
    }

    /// Writes the account, and the reports of both ends, into `record`. Call it after ``finish()``.
    func summarize(_ client: ClientReport, _ receiver: ReceiverReport, into record: inout RunRecord) {
        summarize(into: &record)
        record.ledger.addLosses(of: client.dropped)
        record.ledger.contentAdjustment = client.contentAdjustment
        record.valueFaults = valueFaults(lostLater: client.lostValues)
        record.client.bufferPeak = client.bufferPeak
        record.client.copies = client.copies
        record.client.largePackets = client.largePackets
        record.client.memoryPeak = client.memoryPeak
        record.repair.counts = client.repairs
        record.runningTotals.counts = client.runningTotals
        record.recoveryFaults = recoveryFaults(isSure: hasShortDelays)
        for metric in record.metrics.unlabelled { record.runningTotals.recovered[metric.type] += metric.recoveredOfLost }
        record.parity.traffic = client.parity
        record.session = receiver.session
        record.runningTotals.account = receiver.runningTotals
        record.parity.counts = receiver.parity
    }

    private func summarize(into record: inout RunRecord) {
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
        record.costs = costs
        record.ruleLosses = rules.losses
        record.restarts = restarts
        record.gaps = gaps.score
        record.gapRanges = gaps.truth
        record.firstMissedGaps = gaps.firstMissed
        record.firstFalseGaps = gaps.firstFalse
        record.checksums = checksums
        record.controlChecksums = controlChecksums
        record.duplicates = duplicates
        record.client.bytesSent = costs.sentOnce
        record.client.transitions = transitions
        record.client.transitionCount = transitionCount
        record.undecodableRecords = delivered.malformedTotal + lost.malformedTotal
        record.metrics = outcomes()
    }

    /// Every metric with offered or delivered events, sorted by type and label. O(n log n).
    ///
    /// Metrics that were delivered but never offered are included, so that they become visible.
    private func outcomes() -> MetricOutcomes {
        let shown = (0..<UInt32(catalog.count)).filter {
            offered.events(of: MetricID($0)) > 0 || delivered.events(of: MetricID($0)) > 0
        }
        var outcomes = MetricOutcomes(
            catalog: catalog, order: shown.sorted { catalog.labelPrecedes(MetricID($0), MetricID($1)) }, offered: offered,
            delivered: delivered)
        if !recoveredTotals.isEmpty {
            for metric in shown {
                guard let sum = recoveredTotals[MetricNames(MetricID(metric), in: catalog).key] else { continue }
                outcomes.recovered[metric] = (sum.count, sum.value)
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
        return catalog.withBytes(of: metric) { keys in
            priorities.priority(of: key.type, name: keys.extracting(key.name.range)) == .critical
        }
    }
}

extension DetectorScore {
    /// Scores a checksum: one copy arrived, corrupted or not, and the receiver refused or accepted it.
    fileprivate mutating func recordCopy(isCorrupted: Bool, isRefused: Bool) {
        switch (isCorrupted, isRefused) {
        case (true, true):
            injected += 1
            found += 1
        case (true, false): injected += 1
        case (false, true): falseAlarms += 1
        case (false, false): break
        }
    }
}
