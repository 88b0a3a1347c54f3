import NetworkEmulator
import StatsClient
import StatsModel
import StatsReceiver
import StatsWire

/// The harness's own account of a run: what was offered, what the network did, what arrived.
///
/// It trusts no stage: events offered are counted from the capture, events delivered from the bytes the receiver
/// accepted, and events lost from the bytes of each packet that died, decoded here once more.
struct RunBooks {
    private var offered = EventTotals()
    private var delivered = EventTotals()
    private var died = EventTotals()
    private var ledger = Ledger()
    private var packets = PacketCounts()
    private var control = PacketCounts()
    private var checksums = DetectorScore()
    private var controlChecksums = DetectorScore()
    private var duplicates = DetectorScore()
    private var gaps = GapScore()
    private var rules: RuleLedger
    private var bytesSent: UInt64 = 0

    init(rules: [FaultRule]) { self.rules = RuleLedger(rules) }

    mutating func recordOffered(_ event: DecodedEvent, bytes: Span<UInt8>, timestamp: Int64) {
        offered.record(event, bytes: bytes, timestamp: timestamp)
    }

    mutating func recordSent(_ packet: OutgoingPacket, fate: Fate, bytes: Span<UInt8>) {
        bytesSent += UInt64(packet.byteCount)
        guard packet.kind == .data else {
            Self.count(fate, in: &control)
            return
        }
        Self.count(fate, in: &packets)
        duplicates.injected += UInt64(max(0, fate.intactCopies - 1))
        guard fate.intactCopies == 0 else { return }
        gaps.recordInjected(packet.sequence)
        let events = bury(bytes, as: fate.dropped ?? .corruption)
        if let rule = fate.rule { rules.record(rule, events) }
    }

    private static func count(_ fate: Fate, in packets: inout PacketCounts) {
        packets.sent += 1
        if fate.isDuplicated { packets.duplicated += 1 }
        if fate.dropped != nil {
            packets.dropped += 1
        } else if fate.intactCopies == 0 {
            packets.corrupted += 1
        }
    }

    /// Enters the events of a packet that no one will receive under the cause of its death.
    @discardableResult
    private mutating func bury(_ bytes: Span<UInt8>, as cause: LossCause) -> TypeCounts {
        guard let header = try? PacketHeader(decoding: bytes) else { return TypeCounts() }
        let before = died.tally
        died.record(packet: bytes, header: header)
        var difference = died.tally
        difference.counts.lanes &-= before.counts.lanes
        difference.contents &-= before.contents
        ledger[cause] += difference
        return difference.counts
    }

    /// Returns the events that arrived with it, by type.
    mutating func recordArrival(_ delivery: Delivery, outcome: ReceiveOutcome, bytes: Span<UInt8>) -> TypeCounts {
        let isData = delivery.kind == .data
        if !delivery.isCorrupted { gaps.recordHeard(delivery.sequence) }
        let isRefused = if case .corrupt = outcome { true } else { false }
        if isData {
            Self.score(isCorrupted: delivery.isCorrupted, isRefused: isRefused, in: &checksums)
        } else {
            Self.score(isCorrupted: delivery.isCorrupted, isRefused: isRefused, in: &controlChecksums)
        }
        switch outcome {
        case .accepted(let header, let late):
            packets.delivered += 1
            if late { packets.late += 1 }
            return delivered.record(packet: bytes, header: header)
        case .duplicate:
            if duplicates.found < duplicates.injected { duplicates.found += 1 } else { duplicates.falseAlarms += 1 }
        case .outOfRange:
            packets.refused += 1
            bury(bytes, as: .outOfRange)
        case .control:
            control.delivered += 1
        case .corrupt:
            break
        }
        return TypeCounts()
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

    mutating func recordGap(_ range: ClosedRange<UInt64>) { gaps.recordFound(range) }
    mutating func recordRecovered(_ range: ClosedRange<UInt64>) { gaps.recordRecovered(range) }
    mutating func finish() { gaps.finish() }

    func summarize(into record: inout RunRecord) {
        record.ledger = ledger
        record.ledger.offered = offered.tally
        record.ledger.delivered = delivered.tally
        record.packets = packets
        record.control = control
        record.ruleLosses = rules.losses
        record.gaps = gaps.score
        record.gapRanges = gaps.truth
        record.firstMissedGaps = gaps.firstMissed
        record.firstFalseGaps = gaps.firstFalse
        record.checksums = checksums
        record.duplicates = duplicates
        record.client.bytesSent = bytesSent
        record.undecodableRecords = delivered.malformedTotal + died.malformedTotal
        record.metrics = outcomes()
    }

    /// Every metric on both sides, sorted by type and label. O(n log n).
    private func outcomes() -> [MetricOutcome] {
        var arrived: [String: (UInt64, Double)] = [:]
        for metric in delivered.metrics { arrived[metric.key] = (metric.events, metric.value) }
        var result: [MetricOutcome] = []
        for metric in offered.metrics {
            let other = arrived.removeValue(forKey: metric.key) ?? (0, 0)
            result.append(
                MetricOutcome(
                    type: metric.type, label: metric.label, offered: metric.events, delivered: other.0,
                    offeredValue: metric.value, deliveredValue: other.1))
        }
        // What arrived without ever being offered shows as such; sorting removes the dictionary's order.
        for metric in delivered.metrics where arrived[metric.key] != nil {
            result.append(
                MetricOutcome(
                    type: metric.type, label: metric.label, offered: 0, delivered: metric.events, offeredValue: 0,
                    deliveredValue: metric.value))
        }
        return result.sorted { ($0.type, $0.label) < ($1.type, $1.label) }
    }
}
