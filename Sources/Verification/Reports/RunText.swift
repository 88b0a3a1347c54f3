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
    package func lines(_ report: SuiteReport) -> [String] {
        var lines = [headline(report)]
        lines += report.faults.map { "  \(paint("!", .bad)) \($0)" }
        lines += report.unverified.map { "  \(paint("!", .caution)) \($0)" }
        lines += report.remarks.map { "  \($0)" }
        let isLong = report.runs.count > Self.fullLimit
        // Runs that need attention come first.
        for run in report.runs where !isLong || run.verdict != .verified { lines += [""] + full(run) }
        if isLong {
            let verified = report.runs.filter { $0.verdict == .verified }
            if verified.count < report.runs.count, !verified.isEmpty { lines.append("") }
            lines += verified.map(brief)
        }
        return lines
    }

    private func headline(_ report: SuiteReport) -> String {
        let runs = report.runs.count == 1 ? "1 run" : "\(report.runs.count) runs"
        switch report.verdict {
        case .verified: return "\(paint("VERIFIED", .good)): \(runs), \(report.offered) events, every one accounted for"
        case .failed:
            let faults = report.faults.count
            let beside = faults == 0 ? "" : ", \(faults) \(faults == 1 ? "fault" : "faults") beside the runs"
            return "\(paint("FAILED", .bad)): \(report.count(.failed)) of \(runs)\(beside)"
        case .unverified:
            let causes = [
                (report.missing, "without a golden file"), (report.unreadable, "unreadable"), (report.unwritten, "not written"),
            ]
            let beside = causes.filter { $0.0 > 0 }.map { ", \($0.0) \($0.1)" }.joined()
            return "\(paint("UNVERIFIED", .caution)): \(report.count(.unverified)) of \(runs)\(beside)"
        }
    }

    private func word(_ verdict: Verdict) -> String {
        switch verdict {
        case .verified: paint("verified", .good)
        case .failed: paint("FAILED", .bad)
        case .unverified: paint("unverified", .caution)
        }
    }

    private func title(_ run: RunReport) -> String {
        let scenario = run.arguments.joined(separator: " ")
        return "\(run.facts.capture.name) \(scenario.isEmpty ? "as recorded, perfect network" : scenario)"
    }

    /// One line with the run's whole command, seed included, so that each run can be repeated.
    private func brief(_ run: RunReport) -> String {
        let (events, limits) = (run.facts.events, run.facts.brokenLimits)
        let note = limits.isEmpty ? "" : ", limits broken as recorded: \(limits.joined(separator: ", "))"
        return "  \(word(run.verdict))  \(run.command): \(events.offered.total) events, \(events.lost) lost\(note)"
    }

    private func full(_ run: RunReport) -> [String] {
        let facts = run.facts
        var lines = ["\(title(run)): \(word(run.verdict))\(goldenNote(run))"]
        lines += run.reasons.prefix(20).map { "  \(paint("!", .bad)) \($0)" }
        if run.reasons.count > 20 { lines.append("  ! and \(run.reasons.count - 20) more") }
        lines += [
            "  events     \(balance(facts.events))",
            "  packets    \(packets(facts.packets))",
            "  gaps       \(facts.gaps.description)\(ranges(facts.gapRanges))",
            "  checksums  \(facts.checksums.description)",
        ]
        if facts.duplicates.injected + facts.duplicates.falseAlarms > 0 {
            lines.append("  duplicates \(facts.duplicates.description)")
        }
        if !facts.restarts.isEmpty { lines.append("  restarts   \(restarts(facts.restarts))") }
        if !facts.ruleLosses.isEmpty { lines.append("  lost       \(ruleLosses(facts.ruleLosses))") }
        let width = facts.losses.map(\.name.count).max() ?? 0
        for (index, loss) in facts.losses.enumerated() {
            lines.append((index == 0 ? "  loss       " : "             ") + lossLine(loss, nameWidth: width))
        }
        lines += client(facts.client)
        lines += run.remarks.map { "  \(paint("note:", .quiet)) \($0)" }
        lines.append("  \(paint("repeat:", .quiet)) \(run.command)")
        return lines
    }

    /// Lines about the client: its traffic and buffer, each part that was in use, and the cost of mitigations.
    private func client(_ client: ClientUse) -> [String] {
        let line = { (part: ClientUse.Part) in
            client.parts.contains(part) ? ["  " + Self.label(part) + ClientWords.text(part, client)] : []
        }
        var lines = [
            "  client     \(client.counts.bytesSent) bytes sent, at most \(client.counts.bufferPeak) of"
                + " \(client.bufferCapacity) slots in use, \(Self.seconds(client.counts.end)) of virtual time"
        ]
        lines += [.largePackets, .copies, .retransmission, .runningTotals, .parity].flatMap(line)
        if client.sendsMoreThanOnce {
            let share = PercentText.twoDecimals(client.costs.overheadPercent)
            lines.append("  overhead   \(share) % more bytes than sent once, the return path included")
        }
        return lines + costs(client.costs) + [.breaker, .memory].flatMap(line)
    }

    /// The beginning of a part's line, eleven characters wide.
    private static func label(_ part: ClientUse.Part) -> String {
        switch part {
        case .largePackets: "large      "
        case .copies: "copies     "
        case .retransmission: "repair     "
        case .runningTotals: "totals     "
        case .parity: "parity     "
        case .breaker: "breaker    "
        case .memory: "memory     "
        }
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

    private func goldenNote(_ run: RunReport) -> String {
        switch run.golden {
        case .none: return ""
        case .recorded(let path): return ", recorded in \(path)"
        case .compared(let path):
            guard run.verdict == .verified else { return ", not as recorded in \(path)" }
            let broken = run.facts.brokenLimits
            if broken.isEmpty { return " as recorded in \(path)" }
            return " as recorded in \(path), which expects the limits of \(broken.joined(separator: " and ")) to break"
        }
    }

    private func balance(_ events: RunFacts.Events) -> String {
        let lost = events.losses.map { " + \($0.counts.total) \($0.cause.name)" }.joined()
        return "\(events.offered.total) offered = \(events.delivered.total) delivered\(lost)"
    }

    /// Example: `412 by the network: 380 network loss (rule 1, loss 3%), 32 queue (rule 3, bandwidth 10mbit queue 100)`.
    private func ruleLosses(_ losses: [RuleLoss]) -> String {
        let total = losses.reduce(0) { $0 + $1.events.total }
        let parts = losses.map { "\($0.events.total) \($0.rule.kind.title) (\($0.rule))" }
        let isClient = losses.contains { $0.rule.kind == .clientRestart }
        return "\(total) by \(isClient ? "faults" : "the network"): \(parts.joined(separator: ", "))"
    }

    private func restarts(_ facts: RestartFacts) -> String {
        var text = "\(facts.receiver) of the receiver, \(facts.client) of the client"
        if facts.repeatedPackets > 0 {
            text += "; \(facts.repeatedPackets) packets arrived again and were accepted by a restarted receiver"
        }
        return text
    }

    private func packets(_ packets: PacketCounts) -> String {
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

    /// A line for a class, or for a pattern with the number of metrics that it matches.
    private func lossLine(_ loss: LossMeasure, nameWidth: Int) -> String {
        let name = loss.name + String(repeating: " ", count: nameWidth + 1 - loss.name.count)
        guard loss.offered > 0 else { return "\(name) none offered" }
        let percent = "\(PercentText.twoDecimals(loss.percent)) %"
        let metrics = loss.metrics == 0 ? "" : loss.metrics == 1 ? ", 1 metric" : ", \(loss.metrics) metrics"
        let limit = loss.limit.share.isZero ? "limit 0 %" : "limit < \(loss.limit.shareText)"
        let verdict = loss.holds ? paint("holds", .good) : paint("BROKEN", .bad)
        let recovered = loss.recovered > 0 ? ", \(loss.recovered) recovered by running totals" : ""
        return "\(name) \(percent) (\(loss.lost) of \(loss.offered)\(metrics)\(recovered)), \(limit): \(verdict)"
    }

    private static func seconds(_ instant: Instant) -> String {
        let milliseconds = instant.nanoseconds / 1_000_000
        let tail = String(milliseconds % 1000)
        return "\(milliseconds / 1000).\(String(repeating: "0", count: 3 - tail.count))\(tail) s"
    }
}
