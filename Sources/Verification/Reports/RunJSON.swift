package import Foundation
import NetworkEmulator
import ReplayEngine
import StatsModel
import StatsPipeline

/// The report on runs for machines: one JSON object with sorted keys. The same run gives the same bytes.
///
/// Every key is always present, with 0 or null if there is no value, so that a reader needs no special cases. The only exceptions
/// are `pattern` and `metrics` of a ``Loss``. ``ReportJSON`` writes `bytesSent` as `bytes_sent`.
package struct RunJSON: Encodable, Sendable {
    struct Events: Encodable, Sendable {
        var offered: UInt64
        var delivered: UInt64
        var lost: [String: UInt64]

        init(_ events: RunFacts.Events) {
            offered = events.offered.total
            delivered = events.delivered.total
            lost = Dictionary(uniqueKeysWithValues: events.losses.map { ($0.cause.name, $0.counts.total) })
        }
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
    }

    /// Packets and events lost to one rule of the network.
    struct Rule: Encodable, Sendable {
        var number: Int
        var kind: String
        var rule: String
        var packets: UInt64
        var events: UInt64

        init(_ loss: RuleLoss) {
            number = loss.rule.number
            kind = loss.rule.kind.rawValue
            rule = loss.rule.text
            packets = loss.packets
            events = loss.events.total
        }
    }

    struct Restarts: Encodable, Sendable {
        var receiver: UInt64
        var client: UInt64
        var repeatedPackets: UInt64

        init(_ facts: RestartFacts) {
            receiver = facts.receiver
            client = facts.client
            repeatedPackets = facts.repeatedPackets
        }
    }

    /// The loss of a class, or of the metrics that a pattern matches as one pool.
    struct Loss: Encodable, Sendable {
        /// The pattern, and the number of the run's metrics that it matches. Left out for a class.
        var pattern: String?
        var metrics: Int?
        var offered: UInt64
        var delivered: UInt64
        var recovered: UInt64
        var percent: Double
        var limitPercent: Double
        var ok: Bool

        init(_ measure: LossMeasure) {
            if measure.lossClass == nil {
                pattern = measure.name
                metrics = measure.metrics
            }
            offered = measure.offered
            delivered = measure.delivered
            recovered = measure.recovered
            percent = measure.percent
            limitPercent = measure.limit.share.percent
            ok = measure.holds
        }
    }

    struct Run: Encodable, Sendable {
        var capture: String
        @Nullable var golden: String?
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
        /// Loss of the classes, by the name of the class.
        var loss: [String: Loss]
        /// Loss of the patterns, in the order of the scenario's patterns.
        var limits: [Loss]
        var rules: [Rule]
        var restarts: Restarts
        var malformed: UInt64
        var datagrams: UInt64
        var bytesSent: UInt64
        var bufferPeak: Int
        var virtualNs: UInt64
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

        init(_ report: RunReport) {
            let facts = report.facts
            capture = facts.capture.path
            golden = report.golden.path
            verdict = report.verdict
            reasons = report.reasons
            remarks = report.remarks
            command = report.command
            seed = report.seed
            events = Events(facts.events)
            packets = Packets(facts.packets)
            control = Packets(facts.control)
            gaps = Score(facts.gaps)
            checksums = Score(facts.checksums)
            duplicates = Score(facts.duplicates)
            loss = Dictionary(uniqueKeysWithValues: facts.losses.filter { $0.lossClass != nil }.map { ($0.name, Loss($0)) })
            limits = facts.losses.filter { $0.lossClass == nil }.map(Loss.init)
            rules = facts.ruleLosses.map(Rule.init)
            restarts = Restarts(facts.restarts)
            malformed = facts.source.malformed
            datagrams = facts.source.datagrams
            let client = facts.client
            bytesSent = client.counts.bytesSent
            bufferPeak = client.counts.bufferPeak
            virtualNs = client.counts.end.nanoseconds
            largePackets = client.counts.largePackets.packets
            largePacketBytes = client.counts.largePackets.byteCount
            copiesSent = client.counts.copies.sent
            copyBytes = client.counts.copies.byteCount
            copiesSkipped = client.counts.copies.skipped
            repair = Repair(client)
            breaker = client.counts.transitions.map(ClientWords.transition)
            parity = Parity(client)
            runningTotals = RunningTotals(client.runningTotals)
            costs = Costs(client.costs)
        }
    }

    var verdict: Verdict
    var seed: UInt64
    var faults: [String]
    var remarks: [String]
    var runs: [Run]

    package init(_ report: SuiteReport) {
        verdict = report.verdict
        seed = report.seed
        faults = report.faults + report.unverified
        remarks = report.remarks
        runs = report.runs.map(Run.init)
    }

    /// The object as JSON with a line break at its end.
    package func json() throws -> Data { try ReportJSON.encode(self) }
}
