import NetworkEmulator
import ReplayEngine
import StatsModel
import StatsPipeline

/// The result that a run must give. It holds logical facts only, each as a text, so that the file and its diffs are easy to read.
struct GoldenExpectation: Codable, Equatable, Sendable {
    struct Events: Codable, Equatable, Sendable {
        var offered: SortedTable
        var delivered: SortedTable
        /// Numbers of lost events under `CAUSE TYPE`.
        var lost: SortedTable
        /// A digest of the contents of all offered events. It does not depend on their order.
        var offeredContents: String
        var deliveredContents: String

        enum CodingKeys: String, CodingKey {
            case offered, delivered, lost
            case offeredContents = "offered_contents"
            case deliveredContents = "delivered_contents"
        }
    }

    struct Gaps: Codable, Equatable, Sendable {
        var score: String
        /// The first ranges, written `17, 40...60`.
        var ranges: String
        var rangeCount: UInt64
        var digest: String

        enum CodingKeys: String, CodingKey {
            case score, ranges, digest
            case rangeCount = "range_count"
        }
    }

    struct Metrics: Codable, Equatable, Sendable {
        var count: Int
        /// The first metrics by type and label: `DELIVERED of OFFERED, value DELIVERED of OFFERED` under `TYPE LABEL`.
        var first: SortedTable
        var digest: String
    }

    var verdict: String
    var limits: SortedTable
    var source: SortedTable
    var events: Events
    var packets: SortedTable
    var gaps: Gaps
    var checksums: String
    var duplicates: String
    var control: SortedTable
    var client: SortedTable
    var metrics: Metrics
    /// Numbers of lost events under `RULE TYPE`. Written if the scenario has more than one rule, since a cause alone does not
    /// name the rule then.
    var rules: SortedTable?
    /// Written if the scenario restarts a process.
    var restarts: SortedTable?
}

extension GoldenExpectation {
    /// The number of metrics that a golden file lists. The digest covers all metrics.
    static let metricsShown = 40

    init(_ facts: RunFacts) {
        let broken = facts.brokenLimits
        verdict = broken.isEmpty ? "every limit holds" : "limits broken: \(broken.joined(separator: ", "))"
        limits = SortedTable(facts.losses.map(Self.limit))
        source = Self.source(facts.source)
        events = Self.events(facts.events)
        packets = Self.packets(facts.packets)
        gaps = Gaps(
            score: facts.gaps.description,
            ranges: facts.gapRanges.first.map(Judgement.text).joined(separator: ", "),
            rangeCount: facts.gapRanges.rangeCount, digest: Self.hex(facts.gapRanges.digest))
        checksums = facts.checksums.description
        duplicates = facts.duplicates.description
        control = Self.packets(facts.control)
        client = Self.client(facts.client)
        metrics = Self.metrics(facts.metrics)
        rules = facts.hasSeveralRules ? Self.rules(facts.ruleLosses) : nil
        restarts = facts.plansRestarts ? Self.restarts(facts.restarts) : nil
    }

    private static func restarts(_ facts: RestartFacts) -> SortedTable {
        SortedTable(numbers: [
            ("receiver", facts.receiver), ("client", facts.client), ("repeated_packets", facts.repeatedPackets),
            ("repeated_events", facts.repeatedEvents.total),
        ])
    }

    private static func rules(_ losses: [RuleLoss]) -> SortedTable {
        var rows: [(String, UInt64)] = []
        for loss in losses {
            let name = "rule \(loss.rule.number) \(loss.rule.kind.rawValue)"
            rows.append(("\(name) packets", loss.packets))
            for type in MetricType.allCases where loss.events[type] > 0 {
                rows.append(("\(name) \(type.name)", loss.events[type]))
            }
        }
        return SortedTable(numbers: rows)
    }

    /// The client's own statistics. A part that the configuration can switch off appears only if it is on.
    private static func client(_ client: ClientUse) -> SortedTable {
        var entries: [SortedTable.Entry] = [
            .init(name: "buffer_peak", value: String(client.counts.bufferPeak)),
            .init(name: "bytes_sent", value: String(client.counts.bytesSent)),
            .init(name: "end", value: ClientWords.time(client.counts.end)),
        ]
        let parts: [(ClientUse.Part, String)] = [
            (.largePackets, "large_packets"), (.breaker, "breaker"), (.copies, "copies"), (.retransmission, "repair"),
            (.parity, "parity"), (.runningTotals, "running_totals"),
        ]
        for (part, name) in parts where client.parts.contains(part) {
            entries.append(.init(name: name, value: ClientWords.text(part, client)))
        }
        if let peak = client.counts.memoryPeak { entries.append(.init(name: "memory_peak", value: String(peak))) }
        return SortedTable(entries)
    }

    private static func limit(_ loss: LossMeasure) -> SortedTable.Entry {
        let share = loss.limit.share
        let bound = share.isZero ? "none may be lost" : "less than \(share) may be lost"
        return .init(
            name: loss.name,
            value: "\(loss.lost) of \(loss.offered) lost, \(loss.recovered > 0 ? "\(loss.recovered) recovered, " : "")\(bound): \(loss.holds ? "holds" : "broken")")
    }

    private static func source(_ facts: SourceFacts) -> SortedTable {
        var numbers: [(String, UInt64)] = [
            ("datagrams", facts.datagrams), ("malformed", facts.malformed),
            ("checksum_failures", facts.checksumFailures), ("duplicate_packets", facts.duplicatePackets), ("out_of_range_packets", facts.outOfRangePackets),
        ]
        // Written only if there are any.
        numbers += [
            ("merged_packets", facts.mergedPackets), ("unproven_duplicates", facts.unprovenDuplicates),
            ("wrong_checksums", facts.wrongChecksums),
        ].filter { $0.1 > 0 }
        return SortedTable(numbers: numbers)
    }

    private static func events(_ events: RunFacts.Events) -> Events {
        var lost: [(String, UInt64)] = []
        for loss in events.losses {
            for type in MetricType.allCases where loss.counts[type] > 0 {
                lost.append(("\(loss.cause.name) \(type.name)", loss.counts[type]))
            }
        }
        return Events(
            offered: counts(events.offered), delivered: counts(events.delivered), lost: SortedTable(numbers: lost),
            offeredContents: hex(events.offeredContents), deliveredContents: hex(events.deliveredContents))
    }

    private static func counts(_ counts: TypeCounts) -> SortedTable {
        SortedTable(numbers: MetricType.allCases.filter { counts[$0] > 0 }.map { ($0.name, counts[$0]) })
    }

    private static func packets(_ packets: PacketCounts) -> SortedTable {
        SortedTable(numbers: [
            ("sent", packets.sent), ("delivered", packets.delivered), ("dropped", packets.dropped),
            ("corrupted", packets.corrupted), ("refused", packets.refused), ("duplicated", packets.duplicated),
            ("late", packets.late),
        ])
    }

    private static func metrics(_ outcomes: MetricOutcomes) -> Metrics {
        var digest: UInt64 = 0
        var first: [SortedTable.Entry] = []
        for outcome in outcomes {
            let name = "\(outcome.type.name) \(outcome.label)"
            let recovered = outcome.recovered > 0 ? ", \(outcome.recovered) recovered: \(number(outcome.recoveredValue))" : ""
            let value =
                "\(outcome.delivered) of \(outcome.offered), value \(number(outcome.deliveredValue)) of \(number(outcome.offeredValue))"
                + recovered
            let text = Array("\(name): \(value)".utf8)
            digest = ByteHash.hash(text.span, 0..<text.count, state: digest)
            if first.count < metricsShown { first.append(.init(name: name, value: value)) }
        }
        return Metrics(count: outcomes.count, first: SortedTable(first), digest: hex(digest))
    }

    /// The shortest text that reads back as the same number. Whole numbers have no `.0`.
    static func number(_ value: Double) -> String {
        value == value.rounded() && value.magnitude < 1e15 ? String(Int64(value)) : String(value)
    }

    static func hex(_ value: UInt64) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
