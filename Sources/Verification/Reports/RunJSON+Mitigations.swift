import ReplayEngine
import StatsModel
import StatsPipeline
import StatsReceiver

extension RunJSON {
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

        init(_ client: ClientUse) {
            arrived = client.repairedPackets
            retransmitted = client.repair.counts.packets
            retransmittedBytes = client.repair.counts.byteCount
            timeouts = client.repair.counts.timeouts
            unanswerable = client.repair.counts.unanswerable
            unconfirmed = client.repair.counts.unconfirmed
            exhausted = client.repair.counts.exhausted
            delayed = client.repair.counts.delayed
            acknowledgements = Packets(client.repair.acknowledgements)
            acknowledgementBytes = client.repair.acknowledgementBytes
            overheadPercent = client.costs.overheadPercent
        }
    }

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

        init(_ client: ClientUse) {
            rebuilt = client.rebuiltPackets
            sent = client.parity.traffic.packets
            sentBytes = client.parity.traffic.byteCount
            skipped = client.parity.traffic.skipped
            received = client.parity.counts.received
            used = client.parity.counts.used
            unneeded = client.parity.counts.unneeded
            uncovered = client.parity.traffic.uncovered
        }
    }

    /// Running totals that were sent, and the events that they recovered.
    struct RunningTotals: Encodable, Sendable {
        var recoveredIncrements: UInt64
        var recoveredLevels: UInt64
        var sent: UInt64
        var packets: UInt64
        var bytes: UInt64
        var received: UInt64
        var stale: UInt64
        var overtaken: UInt64
        var contradicted: UInt64
        var unsentEvents: UInt64

        init(_ facts: RunningTotalFacts) {
            recoveredIncrements = facts.recovered[.counter]
            recoveredLevels = facts.recovered[.gauge]
            sent = facts.counts.runningTotals
            packets = facts.counts.packets
            bytes = facts.counts.byteCount
            received = facts.account.received
            stale = facts.account.stale
            overtaken = facts.account.overtaken
            contradicted = facts.account.contradicted
            unsentEvents = facts.counts.unsentEvents
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
            retransmitted = traffic(costs.retransmissions)
            acknowledgements = traffic(costs.acknowledgements)
            parity = traffic(costs.parity)
            runningTotals = traffic(costs.runningTotals)
            reports = traffic(costs.reports)
        }
    }
}
