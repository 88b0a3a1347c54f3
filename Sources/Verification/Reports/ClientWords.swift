import ReplayEngine
import StatsModel
import StatsPipeline
import StatsReceiver

/// Sentences about the client's work that text and golden files share.
enum ClientWords {
    /// The sentence on one part of the client.
    static func text(_ part: ClientUse.Part, _ client: ClientUse) -> String {
        switch part {
        case .largePackets: largePackets(client.counts.largePackets)
        case .copies: copies(client.counts.copies)
        case .retransmission: repair(client)
        case .runningTotals: runningTotals(client.runningTotals)
        case .parity: parity(client)
        case .breaker: transitions(client.counts)
        case .memory: memory(client)
        }
    }

    static func time(_ instant: Instant) -> String {
        Nanoseconds(Int64(clamping: instant.nanoseconds)).description
    }

    /// Example: `2 packets of 4060 bytes, each one event longer than a packet`.
    private static func largePackets(_ counts: LargePacketCounts) -> String {
        "\(counts.packets) packet\(counts.packets == 1 ? "" : "s") of \(counts.byteCount) bytes, each one event longer than a packet"
    }

    /// Example: `106 sent, 163661 bytes, 0 skipped`.
    private static func copies(_ counts: CopyCounts) -> String {
        "\(counts.sent) sent, \(counts.byteCount) bytes, \(counts.skipped) skipped"
    }

    /// Example: `6 arrived; 7 retransmitted, 9310 bytes; 8 acknowledgements, 560 bytes, 7 received;`
    /// `1 timeouts, 0 unanswerable, 0 unconfirmed`.
    private static func repair(_ client: ClientUse) -> String {
        let repair = client.repair
        return "\(client.repairedPackets) arrived; \(repair.counts.packets) retransmitted, \(repair.counts.byteCount) bytes;"
            + " \(repair.acknowledgements.sent) acknowledgements, \(repair.acknowledgementBytes) bytes,"
            + " \(repair.acknowledgements.delivered) received; \(repair.counts.timeouts) timeouts,"
            + " \(repair.counts.unanswerable) unanswerable, \(repair.counts.unconfirmed) unconfirmed"
            + bounded(repair.counts)
    }

    /// Bounds of retransmission that took effect. Example: `; 3 over the request limit, 12 delayed by the byte limit`.
    private static func bounded(_ counts: RepairCounts) -> String {
        if counts.exhausted + counts.delayed == 0 { return "" }
        return "; \(counts.exhausted) over the request limit, \(counts.delayed) delayed by the byte limit"
    }

    /// Example: `15 packets recovered; 24 sent, 33120 bytes, 0 skipped; 15 used, 6 unneeded, 3 unusable`.
    private static func parity(_ client: ClientUse) -> String {
        let (traffic, counts) = (client.parity.traffic, client.parity.counts)
        let rest = counts.received - counts.used - counts.unneeded
        return "\(client.rebuiltPackets) packets recovered; \(traffic.packets) sent, \(traffic.byteCount) bytes,"
            + " \(traffic.skipped) skipped; \(counts.used) used, \(counts.unneeded) unneeded, \(rest) unusable"
            + (traffic.uncovered > 0 ? "; \(traffic.uncovered) data packets too long for parity" : "")
    }

    /// Example: `312 increments and 4 levels recovered; 96 running totals in 6 packets, 5010 bytes;`
    /// `2 overtaken, 0 contradicted, 0 events of metrics not sent`.
    private static func runningTotals(_ facts: RunningTotalFacts) -> String {
        let (counts, account, recovered) = (facts.counts, facts.account, facts.recovered)
        return "\(recovered[.counter]) increments and \(recovered[.gauge]) levels recovered; \(counts.runningTotals) running totals in"
            + " \(counts.packets) packets, \(counts.byteCount) bytes; \(account.overtaken) overtaken,"
            + " \(account.contradicted) contradicted, \(counts.unsentEvents) events of metrics not sent"
    }

    /// The cost of each mitigation by name, in the order of the report. Mitigations without cost are included.
    static func costs(_ costs: MitigationCosts) -> [(name: String, traffic: MitigationCosts.Traffic)] {
        [
            ("second copies", costs.copies), ("retransmitted", costs.retransmissions), ("return path", costs.acknowledgements),
            ("parity", costs.parity), ("running totals", costs.runningTotals), ("heartbeats and closing", costs.reports),
        ]
    }

    /// Examples: `closed to open at 2s, open to half-open at 3s`, and `never opened`.
    private static func transitions(_ facts: ClientFacts) -> String {
        if facts.transitions.isEmpty { return "never opened" }
        var texts = facts.transitions.map(transition)
        let rest = facts.transitionCount - facts.transitions.count
        if rest > 0 { texts.append("and \(rest) more") }
        return texts.joined(separator: ", ")
    }

    /// Example: `closed to open at 2s`.
    static func transition(_ change: BreakerTransition) -> String {
        "\(name(change.from)) to \(name(change.to)) at \(time(change.instant))"
    }

    /// Example: `at most 40960 of 65536 bytes`.
    private static func memory(_ client: ClientUse) -> String {
        "at most \(client.counts.memoryPeak ?? 0) of \(client.memoryLimit ?? 0) bytes"
    }

    private static func name(_ state: CircuitBreaker.State) -> String {
        switch state {
        case .closed: "closed"
        case .open: "open"
        case .halfOpen: "half-open"
        }
    }
}
