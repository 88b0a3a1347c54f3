package import Foundation
import NetworkEmulator
import ReplayEngine
import StatsModel
import StatsPipeline

/// The report on runs for machines: one JSON object with sorted keys. The same run gives the same bytes.
package struct RunReport: Encodable, Sendable {
    struct Events: Encodable, Sendable {
        var offered: UInt64
        var delivered: UInt64
        var lost: [String: UInt64]
    }

    struct Packets: Encodable, Sendable {
        var sent: UInt64
        var delivered: UInt64
        var dropped: UInt64
        var corrupted: UInt64
        var duplicated: UInt64
        var late: UInt64
        var refused: UInt64

        init(_ packets: PacketCounts) {
            sent = packets.sent
            delivered = packets.delivered
            dropped = packets.dropped
            corrupted = packets.corrupted
            duplicated = packets.duplicated
            late = packets.late
            refused = packets.refused
        }
    }

    struct Score: Encodable, Sendable {
        var injected: UInt64
        var found: UInt64
        var missed: UInt64
        var undetectable: UInt64
        var outsideWindow: UInt64
        var `false`: UInt64

        init(_ score: DetectorScore) {
            injected = score.injected
            found = score.found
            missed = score.missed
            undetectable = score.undetectable
            outsideWindow = score.outsideWindow
            `false` = score.falseAlarms
        }

        enum CodingKeys: String, CodingKey {
            case injected, found, missed, undetectable, `false`
            case outsideWindow = "outside_window"
        }
    }

    /// Packets and events lost to one rule of the network.
    struct Rule: Encodable, Sendable {
        var number: Int
        var kind: String
        var rule: String
        var packets: UInt64
        var events: UInt64
    }

    struct Restarts: Encodable, Sendable {
        var receiver: UInt64
        var client: UInt64
        var repeatedPackets: UInt64

        enum CodingKeys: String, CodingKey {
            case receiver, client
            case repeatedPackets = "repeated_packets"
        }
    }

    struct Loss: Encodable, Sendable {
        var offered: UInt64
        var delivered: UInt64
        var restored: UInt64
        var percent: Double
        var limitPercent: Double
        var ok: Bool

        enum CodingKeys: String, CodingKey {
            case offered, delivered, percent, ok
            case restored = "recovered"
            case limitPercent = "limit_percent"
        }
    }

    /// The metrics that one limit's pattern matches, as one pool.
    struct PatternLoss: Encodable, Sendable {
        var pattern: String
        /// How many metrics of the run it matches.
        var metrics: Int
        var offered: UInt64
        var delivered: UInt64
        var restored: UInt64
        var percent: Double
        var limitPercent: Double
        var ok: Bool

        enum CodingKeys: String, CodingKey {
            case pattern, metrics, offered, delivered, percent, ok
            case restored = "recovered"
            case limitPercent = "limit_percent"
        }
    }

    /// Retransmissions and their cost.
    struct Repair: Encodable, Sendable {
        var arrived: UInt64
        var retransmitted: UInt64
        var retransmittedBytes: UInt64
        var timeouts: UInt64
        var unanswerable: UInt64
        var unconfirmed: UInt64
        var exhausted: UInt64
        var delayed: UInt64
        var acknowledgements: Packets
        var acknowledgementBytes: UInt64
        var overheadPercent: Double

        init(_ record: RunRecord) {
            arrived = record.packets.repaired
            retransmitted = record.repair.counts.packets
            retransmittedBytes = record.repair.counts.byteCount
            timeouts = record.repair.counts.timeouts
            unanswerable = record.repair.counts.unanswerable
            unconfirmed = record.repair.counts.unconfirmed
            exhausted = record.repair.counts.exhausted
            delayed = record.repair.counts.delayed
            acknowledgements = Packets(record.repair.acknowledgements)
            acknowledgementBytes = record.repair.acknowledgementBytes
            overheadPercent = record.costs.overheadPercent
        }

        enum CodingKeys: String, CodingKey {
            case arrived, timeouts, unanswerable, unconfirmed, exhausted, delayed, acknowledgements
            case retransmitted
            case retransmittedBytes = "retransmitted_bytes"
            case acknowledgementBytes = "acknowledgement_bytes"
            case overheadPercent = "overhead_percent"
        }
    }

    struct Run: Encodable, Sendable {
        var capture: String
        var golden: String?
        var verdict: Verdict
        var reasons: [String]
        var remarks: [String]
        var command: String
        var seed: UInt64
        var events: Events
        var packets: Packets
        var control: Packets
        var gaps: Score
        var checksums: Score
        var duplicates: Score
        var loss: [String: Loss]
        /// In the order of the scenario's patterns; none where it has none.
        var limits: [PatternLoss]
        var rules: [Rule]
        var restarts: Restarts
        var malformed: UInt64
        var datagrams: UInt64
        var bytesSent: UInt64
        var bufferPeak: Int
        var virtualNanoseconds: UInt64
        var largePackets: UInt64
        var largePacketBytes: UInt64
        var copiesSent: UInt64
        var copyBytes: UInt64
        var copiesSkipped: UInt64
        var repair: Repair
        /// The breaker's changes of state in virtual time, one sentence each.
        var breaker: [String]
        var parity: Parity
        var runningTotals: RunningTotals
        var costs: Costs

        enum CodingKeys: String, CodingKey {
            case capture, golden, verdict, reasons, remarks, command, seed, events, packets, control, gaps, checksums
            case duplicates, loss, limits, rules, restarts, malformed, datagrams
            case bytesSent = "bytes_sent"
            case bufferPeak = "buffer_peak"
            case virtualNanoseconds = "virtual_ns"
            case largePackets = "large_packets"
            case largePacketBytes = "large_packet_bytes"
            case copiesSent = "copies_sent"
            case copyBytes = "copy_bytes"
            case copiesSkipped = "copies_skipped"
            case runningTotals = "running_totals"
            case repair, breaker, parity, costs
        }

        /// `golden` is written as null if there is no golden file, so that the key is always present.
        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(capture, forKey: .capture)
            try container.encode(golden, forKey: .golden)
            try container.encode(verdict, forKey: .verdict)
            try container.encode(reasons, forKey: .reasons)
            try container.encode(remarks, forKey: .remarks)
            try container.encode(command, forKey: .command)
            try container.encode(seed, forKey: .seed)
            try container.encode(events, forKey: .events)
            try container.encode(packets, forKey: .packets)
            try container.encode(control, forKey: .control)
            try container.encode(gaps, forKey: .gaps)
            try container.encode(checksums, forKey: .checksums)
            try container.encode(duplicates, forKey: .duplicates)
            try container.encode(loss, forKey: .loss)
            try container.encode(limits, forKey: .limits)
            try container.encode(rules, forKey: .rules)
            try container.encode(restarts, forKey: .restarts)
            try container.encode(malformed, forKey: .malformed)
            try container.encode(datagrams, forKey: .datagrams)
            try container.encode(bytesSent, forKey: .bytesSent)
            try container.encode(bufferPeak, forKey: .bufferPeak)
            try container.encode(virtualNanoseconds, forKey: .virtualNanoseconds)
            try container.encode(largePackets, forKey: .largePackets)
            try container.encode(largePacketBytes, forKey: .largePacketBytes)
            try container.encode(copiesSent, forKey: .copiesSent)
            try container.encode(copyBytes, forKey: .copyBytes)
            try container.encode(copiesSkipped, forKey: .copiesSkipped)
            try container.encode(repair, forKey: .repair)
            try container.encode(breaker, forKey: .breaker)
            try container.encode(parity, forKey: .parity)
            try container.encode(runningTotals, forKey: .runningTotals)
            try container.encode(costs, forKey: .costs)
        }
    }

    var verdict: Verdict
    var seed: UInt64
    var faults: [String]
    var remarks: [String]
    var runs: [Run]

    /// - Parameter seed: the seed of the request, or of the golden files if the request has none
    package init(_ result: SuiteResult, seed: UInt64) {
        verdict = result.verdict
        self.seed = seed
        faults = result.faults + result.unverified
        remarks = result.remarks
        runs = result.runs.map(Self.run)
    }

    private static func run(_ run: RunVerification) -> Run {
        let record = run.record
        var lost: [String: UInt64] = [:]
        for cause in LossCause.allCases where record.ledger[cause].counts.total > 0 {
            lost[cause.name] = record.ledger[cause].counts.total
        }
        var loss: [String: Loss] = [:]
        var limits: [PatternLoss] = []
        for measure in run.judgement.losses {
            switch measure.limit.subject {
            case .lossClass(let lossClass):
                loss[lossClass.name] = Loss(
                    offered: measure.offered, delivered: measure.delivered, restored: measure.restored, percent: measure.percent,
                    limitPercent: measure.limit.share.percent, ok: measure.holds)
            case .pattern(let pattern):
                limits.append(
                    PatternLoss(
                        pattern: pattern.text, metrics: measure.metrics, offered: measure.offered, delivered: measure.delivered,
                        restored: measure.restored, percent: measure.percent, limitPercent: measure.limit.share.percent,
                        ok: measure.holds))
            }
        }
        return Run(
            capture: record.capture.path, golden: run.goldenPath, verdict: run.verdict, reasons: run.reasons,
            remarks: run.remarks, command: RunVerification.command(record), seed: record.scenario.seed,
            events: Events(
                offered: record.ledger.offered.counts.total, delivered: record.ledger.delivered.counts.total, lost: lost),
            packets: Packets(record.packets), control: Packets(record.control), gaps: Score(record.gaps),
            checksums: Score(record.checksums), duplicates: Score(record.duplicates), loss: loss, limits: limits, rules: record.ruleLosses.map(Self.rule),
            restarts: Restarts(
                receiver: record.restarts.receiver, client: record.restarts.client,
                repeatedPackets: record.restarts.repeatedPackets),
            malformed: record.source.malformed, datagrams: record.source.datagrams,
            bytesSent: record.client.bytesSent, bufferPeak: record.client.bufferPeak,
            virtualNanoseconds: record.client.end.nanoseconds, largePackets: record.client.largePackets.packets,
            largePacketBytes: record.client.largePackets.byteCount, copiesSent: record.client.copies.sent,
            copyBytes: record.client.copies.byteCount, copiesSkipped: record.client.copies.skipped,
            repair: Repair(record),
            breaker: record.client.transitions.map {
                "\(ClientWords.name($0.from)) to \(ClientWords.name($0.to)) at \(ClientWords.time($0.instant))"
            }, parity: Parity(record), runningTotals: RunningTotals(record.runningTotals), costs: Costs(record.costs))
    }

    private static func rule(_ loss: RuleLoss) -> Rule {
        Rule(
            number: loss.rule.number, kind: loss.rule.kind.rawValue, rule: loss.rule.text, packets: loss.packets,
            events: loss.events.total)
    }

    /// The object as JSON with a line break at its end.
    package func json() throws -> Data { try ReportJSON.encode(self) }
}
