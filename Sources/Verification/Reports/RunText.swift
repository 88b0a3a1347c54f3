import NetworkEmulator
import ReplayEngine
import StatsModel
import StatsPipeline

/// The report on runs for people: first the verdict, then the losses of each run.
package struct RunText {
    /// The meaning of a word, which the command line maps to a colour.
    package enum Tone: Sendable {
        case good, bad, caution, quiet, plain
    }

    /// Up to this number of runs, each run is shown in full. With more runs, each verified run takes one line.
    static let fullLimit = 8

    private let paint: (String, Tone) -> String

    /// - Parameter paint: colours a word, or returns it unchanged
    package init(paint: @escaping (String, Tone) -> String = { text, _ in text }) { self.paint = paint }

    /// The whole report, without a line break at its end.
    package func lines(_ result: SuiteResult) -> [String] {
        var lines = [headline(result)]
        lines += result.faults.map { "  \(paint("!", .bad)) \($0)" }
        lines += result.unverified.map { "  \(paint("!", .caution)) \($0)" }
        lines += result.remarks.map { "  \($0)" }
        let isLong = result.runs.count > Self.fullLimit
        // Runs that need attention come first.
        for run in result.runs where !isLong || run.verdict != .verified { lines += [""] + full(run) }
        if isLong {
            let verified = result.runs.filter { $0.verdict == .verified }
            if verified.count < result.runs.count, !verified.isEmpty { lines.append("") }
            lines += verified.map(brief)
        }
        return lines
    }

    private func headline(_ result: SuiteResult) -> String {
        let count = { (verdict: Verdict) in result.runs.filter { $0.verdict == verdict }.count }
        let runs = result.runs.count == 1 ? "1 run" : "\(result.runs.count) runs"
        let events = result.runs.reduce(0) { $0 + $1.record.ledger.offered.counts.total }
        switch result.verdict {
        case .verified: return "\(paint("VERIFIED", .good)): \(runs), \(events) events, every one accounted for"
        case .failed:
            let beside = result.faults.isEmpty ? "" : ", \(result.faults.count) \(result.faults.count == 1 ? "fault" : "faults") beside the runs"
            return "\(paint("FAILED", .bad)): \(count(.failed)) of \(runs)\(beside)"
        case .unverified:
            let missing = result.missing.isEmpty ? "" : ", \(result.missing.count) without a golden file"
            let unreadable = result.unreadable.isEmpty ? "" : ", \(result.unreadable.count) unreadable"
            let unwritten = result.unwritten.isEmpty ? "" : ", \(result.unwritten.count) not written"
            return "\(paint("UNVERIFIED", .caution)): \(count(.unverified)) of \(runs)\(missing)\(unreadable)\(unwritten)"
        }
    }

    private func word(_ verdict: Verdict) -> String {
        switch verdict {
        case .verified: paint("verified", .good)
        case .failed: paint("FAILED", .bad)
        case .unverified: paint("unverified", .caution)
        }
    }

    private func title(_ run: RunVerification) -> String {
        let scenario = run.record.scenario.arguments.dropLast(2).joined(separator: " ")
        return "\(run.record.capture.name) \(scenario.isEmpty ? "as recorded, perfect network" : scenario)"
    }

    /// One line with the run's whole command, seed included, so that each run can be repeated.
    private func brief(_ run: RunVerification) -> String {
        let ledger = run.record.ledger
        let lost = ledger.lost.counts.total
        let limits = run.judgement.brokenLimits.map(\.name)
        let note = limits.isEmpty ? "" : ", limits broken as recorded: \(limits.joined(separator: ", "))"
        return "  \(word(run.verdict))  \(RunVerification.command(run.record)): \(ledger.offered.counts.total) events, \(lost) lost\(note)"
    }

    private func full(_ run: RunVerification) -> [String] {
        let record = run.record
        var lines = ["\(title(run)): \(word(run.verdict))\(goldenNote(run))"]
        lines += run.reasons.prefix(20).map { "  \(paint("!", .bad)) \($0)" }
        if run.reasons.count > 20 { lines.append("  ! and \(run.reasons.count - 20) more") }
        lines += [
            "  events     \(balance(record.ledger))",
            "  packets    \(packets(record))",
            "  gaps       \(record.gaps.description)\(ranges(record.gapRanges))",
            "  checksums  \(record.checksums.description)",
        ]
        if record.duplicates.injected + record.duplicates.falseAlarms > 0 {
            lines.append("  duplicates \(record.duplicates.description)")
        }
        if !record.restarts.isEmpty { lines.append("  restarts   \(restarts(record.restarts))") }
        if !record.ruleLosses.isEmpty { lines.append("  lost       \(ruleLosses(record))") }
        let losses = run.judgement.losses
        let width = losses.map(\.name.count).max() ?? 0
        for (index, loss) in losses.enumerated() {
            lines.append((index == 0 ? "  loss       " : "             ") + lossLine(loss, nameWidth: width))
        }
        lines.append(
            "  client     \(record.client.bytesSent) bytes sent, at most \(record.client.bufferPeak) of"
                + " \(record.scenario.client.bufferCapacity) slots in use,"
                + " \(Self.seconds(record.client.end)) of virtual time")
        lines += clientParts(record)
        lines += run.remarks.map { "  \(paint("note:", .quiet)) \($0)" }
        lines.append("  \(paint("repeat:", .quiet)) \(RunVerification.command(record))")
        return lines
    }

    /// One line for each part of the client that its configuration switches on.
    private func clientParts(_ record: RunRecord) -> [String] {
        let facts = record.client
        var lines: [String] = []
        if facts.largePackets.packets > 0 { lines.append("  large      \(ClientWords.largePackets(facts.largePackets))") }
        switch record.scenario.client.redundancy {
        case .none: break
        case .critical, .all:
            lines.append("  copies     \(ClientWords.copies(facts))")
        }
        let client = record.scenario.client
        if client.activeReliability != nil { lines.append("  repair     \(ClientWords.repair(record))") }
        if record.runningTotals.counts.packets > 0 { lines.append("  totals     \(ClientWords.runningTotals(record))") }
        if client.activeParity != nil { lines.append("  parity     \(ClientWords.parity(record))") }
        if client.activeReliability != nil || client.redundancy != .none || client.activeParity != nil {
            let share = PercentText.twoDecimals(record.costs.overheadPercent)
            lines.append("  overhead   \(share) % more bytes than sent once, the return path included")
        }
        lines += costs(record.costs)
        if record.scenario.client.breaker != nil { lines.append("  breaker    \(ClientWords.transitions(facts))") }
        if let peak = facts.memoryPeak, let limit = record.scenario.client.memoryLimit {
            lines.append("  memory     at most \(peak) of \(limit) bytes")
        }
        return lines
    }

    /// A small table of the mitigations that sent anything: packets, bytes, and percent of the data's bytes.
    private func costs(_ costs: MitigationCosts) -> [String] {
        let rows = ClientWords.costs(costs).filter { $0.traffic.packets > 0 }
        let cells = [["data, sent once", "\(costs.data.packets)", "\(costs.data.bytes)", ""]] + rows.map {
            [
                $0.name, "\($0.traffic.packets)", "\($0.traffic.bytes)",
                ", \(PercentText.twoDecimals(costs.percent($0.traffic))) % of the data",
            ]
        }
        let widths = (0..<3).map { column in cells.map { $0[column].count }.max() ?? 0 }
        let pad = { (text: String, width: Int) in String(repeating: " ", count: width - text.count) }
        return cells.enumerated().map { index, row in
            (index == 0 ? "  cost       " : "             ") + row[0] + pad(row[0], widths[0]) + "  "
                + pad(row[1], widths[1]) + row[1] + " packets  " + pad(row[2], widths[2]) + row[2] + " bytes" + row[3]
        }
    }

    private func goldenNote(_ run: RunVerification) -> String {
        guard let path = run.goldenPath else { return "" }
        if run.wasRecorded { return ", recorded in \(path)" }
        let broken = run.judgement.brokenLimits.map(\.name)
        if run.verdict == .verified, !broken.isEmpty {
            return " as recorded in \(path), which expects the limits of \(broken.joined(separator: " and ")) to break"
        }
        return run.verdict == .verified ? " as recorded in \(path)" : ", not as recorded in \(path)"
    }

    private func balance(_ ledger: Ledger) -> String {
        var text = "\(ledger.offered.counts.total) offered = \(ledger.delivered.counts.total) delivered"
        for cause in LossCause.allCases where ledger[cause].counts.total > 0 {
            text += " + \(ledger[cause].counts.total) \(cause.name)"
        }
        return text
    }

    /// `412 by the network: 380 network loss (rule 1, loss 3%), 32 queue (rule 3, bandwidth 10mbit queue 100)`.
    private func ruleLosses(_ record: RunRecord) -> String {
        let total = record.ruleLosses.reduce(0) { $0 + $1.events.total }
        let parts = record.ruleLosses.map { "\($0.events.total) \($0.rule.kind.title) (\($0.rule))" }
        let isClient = record.ruleLosses.contains { $0.rule.kind == .clientRestart }
        return "\(total) by \(isClient ? "faults" : "the network"): \(parts.joined(separator: ", "))"
    }

    private func restarts(_ facts: RestartFacts) -> String {
        var text = "\(facts.receiver) of the receiver, \(facts.client) of the client"
        if facts.repeatedPackets > 0 {
            text += "; \(facts.repeatedPackets) packets came again to a receiver that had forgotten them"
        }
        return text
    }

    private func packets(_ record: RunRecord) -> String {
        let packets = record.packets
        var text = "\(packets.sent) sent = \(packets.delivered) delivered"
        let later = [(packets.repaired, "retransmitted"), (packets.rebuilt, "by parity")].filter { $0.0 > 0 }
        if !later.isEmpty { text += " (\(later.map { "\($0.0) \($0.1)" }.joined(separator: ", ")))" }
        text += " + \(packets.dropped) dropped"
        text += " + \(packets.corrupted) corrupted"
        if packets.refused > 0 { text += " + \(packets.refused) refused" }
        if packets.duplicated > 0 { text += "; \(packets.duplicated) duplicated" }
        if packets.late > 0 { text += "; \(packets.late) late" }
        return text
    }

    private func ranges(_ digest: RangeDigest) -> String {
        guard !digest.first.isEmpty else { return "" }
        let shown = digest.first.prefix(6).map(Judgement.text).joined(separator: ", ")
        return " (\(shown)\(digest.rangeCount > 6 ? ", …" : ""))"
    }

    /// One line for a class, or for a pattern with how many metrics it matches.
    private func lossLine(_ loss: LossMeasure, nameWidth: Int) -> String {
        let name = loss.name + String(repeating: " ", count: nameWidth + 1 - loss.name.count)
        guard loss.offered > 0 else { return "\(name) none offered" }
        let percent = "\(PercentText.twoDecimals(loss.percent)) %"
        let metrics = loss.metrics == 0 ? "" : loss.metrics == 1 ? ", 1 metric" : ", \(loss.metrics) metrics"
        let limit = loss.limit.share.isZero ? "limit 0 %" : "limit < \(loss.limit.shareText)"
        let verdict = loss.holds ? paint("holds", .good) : paint("BROKEN", .bad)
        let restored = loss.restored > 0 ? ", \(loss.restored) recovered by running totals" : ""
        return "\(name) \(percent) (\(loss.lost) of \(loss.offered)\(metrics)\(restored)), \(limit): \(verdict)"
    }

    private static func seconds(_ instant: Instant) -> String {
        let milliseconds = instant.nanoseconds / 1_000_000
        let tail = String(milliseconds % 1000)
        return "\(milliseconds / 1000).\(String(repeating: "0", count: 3 - tail.count))\(tail) s"
    }
}
