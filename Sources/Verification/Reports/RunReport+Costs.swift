import ReplayEngine
import StatsModel
import StatsPipeline
import StatsReceiver

extension RunReport {
    /// Packets recovered by parity, and the use of the parity packets.
    struct Parity: Encodable, Sendable {
        var rebuilt: UInt64
        var sent: UInt64
        var sentBytes: UInt64
        var skipped: UInt64
        var received: UInt64
        var used: UInt64
        var unneeded: UInt64
        /// Data packets that were too long for parity.
        var uncovered: UInt64

        init(_ record: RunRecord) {
            rebuilt = record.packets.rebuilt
            sent = record.parity.traffic.packets
            sentBytes = record.parity.traffic.byteCount
            skipped = record.parity.traffic.skipped
            received = record.parity.counts.received
            used = record.parity.counts.used
            unneeded = record.parity.counts.unneeded
            uncovered = record.parity.traffic.uncovered
        }

        enum CodingKeys: String, CodingKey {
            case rebuilt, sent, skipped, received, used, unneeded, uncovered
            case sentBytes = "sent_bytes"
        }
    }

    /// Running totals that were sent, and the events that they restored.
    struct RunningTotals: Encodable, Sendable {
        var restoredIncrements: UInt64
        var restoredLevels: UInt64
        var sent: UInt64
        var packets: UInt64
        var bytes: UInt64
        var heard: UInt64
        var stale: UInt64
        var overtaken: UInt64
        var contradicted: UInt64
        var unsentEvents: UInt64

        init(_ facts: RunningTotalFacts) {
            restoredIncrements = facts.restored[.counter]
            restoredLevels = facts.restored[.gauge]
            sent = facts.counts.runningTotals
            packets = facts.counts.packets
            bytes = facts.counts.byteCount
            heard = facts.heard.heard
            stale = facts.heard.stale
            overtaken = facts.heard.overtaken
            contradicted = facts.heard.contradicted
            unsentEvents = facts.counts.unsentEvents
        }

        enum CodingKeys: String, CodingKey {
            case sent, packets, bytes, heard, stale, overtaken, contradicted
            case restoredIncrements = "recovered_increments"
            case restoredLevels = "recovered_levels"
            case unsentEvents = "unsent_events"
        }
    }

    /// The cost of each mitigation.
    struct Costs: Encodable, Sendable {
        struct Traffic: Encodable, Sendable {
            var packets: UInt64
            var bytes: UInt64
            /// Bytes in percent of the data's bytes.
            var percent: Double
        }

        var data: Traffic
        var copies: Traffic
        var retransmitted: Traffic
        var acknowledgements: Traffic
        var parity: Traffic
        var runningTotals: Traffic
        var reports: Traffic

        init(_ costs: MitigationCosts) {
            let traffic = { (traffic: MitigationCosts.Traffic) in
                Traffic(packets: traffic.packets, bytes: traffic.bytes, percent: costs.percent(traffic))
            }
            data = traffic(costs.data)
            copies = traffic(costs.copies)
            retransmitted = traffic(costs.again)
            acknowledgements = traffic(costs.acknowledgements)
            parity = traffic(costs.parity)
            runningTotals = traffic(costs.runningTotals)
            reports = traffic(costs.reports)
        }

        enum CodingKeys: String, CodingKey {
            case data, copies, acknowledgements, parity, reports
            case retransmitted
            case runningTotals = "running_totals"
        }
    }
}
