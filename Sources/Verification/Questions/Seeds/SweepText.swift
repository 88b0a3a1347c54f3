import PacketCapture
import ReplayEngine
import StatsModel
import StatsPipeline

/// The report on a sweep for people: first the verdict, then each limit, with an estimate for all seeds.
package struct SweepText {
    private let paint: (String, RunText.Tone) -> String

    /// - Parameter paint: colours a word, or returns it unchanged
    package init(paint: @escaping (String, RunText.Tone) -> String = { text, _ in text }) { self.paint = paint }

    /// The whole report, without a line break at its end.
    package func lines(_ suite: SweepSuite) -> [String] {
        [headline(suite)] + suite.unreadable.map { "  \(paint("!", .caution)) \($0)" }
            + suite.unmatchedLimits.map { "  \(paint("!", .bad)) \($0)" }
            + (suite.hasManyClients ? [""] + table(suite) : []) + suite.sweeps.flatMap { [""] + lines($0) }
    }

    /// All captures and clients side by side: the number of runs that broke each limit, and the cost of the mitigations.
    private func table(_ suite: SweepSuite) -> [String] {
        var rows = [["capture", "client"] + Self.names(suite) + ["overhead"]]
        for sweep in suite.sweeps {
            let words = sweep.scenario.arguments
            let client = words.firstIndex(of: "--client").map { words[$0 + 1] } ?? ClientPreset.standard.name
            let broken = sweep.limits.map { $0.offered == 0 ? "-" : "\($0.interval.broken)" }
            rows.append(
                [sweep.capture.name, client] + broken + ["\(PercentText.twoDecimals(sweep.overhead.median)) %"])
        }
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        let lines = rows.map { row in
            "  "
                + row.indices.map { column in
                    let gap = String(repeating: " ", count: widths[column] - row[column].count)
                    // Names are aligned left, numbers right.
                    return column < 2 ? row[column] + gap : gap + row[column]
                }.joined(separator: "  ")
        }
        return ["in how many of \(suite.seeds.count) runs each limit broke, and the median of what comes on top in bytes"] + lines
    }

    /// The names of the limits. All sweeps of a suite have the same limits, because they differ only in captures and clients.
    private static func names(_ suite: SweepSuite) -> [String] {
        (suite.sweeps.first?.scenario.lossLimits ?? .standard).all.map(\.subject.name)
    }

    private func headline(_ suite: SweepSuite) -> String {
        let events = suite.sweeps.reduce(0) { $0 + $1.events }
        let extent = "\(suite.runCount) runs, \(events) events"
        switch suite.verdict {
        case .verified: return "\(paint("VERIFIED", .good)): \(extent), every limit held in every run"
        case .failed:
            let faulty = suite.sweeps.reduce(0) { $0 + $1.faulty.count }
            let broken = Self.names(suite).filter { name in
                suite.sweeps.contains { sweep in sweep.limits.contains { $0.limit.subject.name == name && $0.interval.broken > 0 } }
            }
            var reasons: [String] = []
            if faulty > 0 { reasons.append("law or detectors broken in \(faulty) runs") }
            if !broken.isEmpty { reasons.append("limits of \(broken.joined(separator: ", ")) broken") }
            let unmatched = suite.unmatchedLimits.count
            if unmatched > 0 { reasons.append("\(unmatched) limits match no metric") }
            let unread = suite.sweeps.count { $0.sourceError != nil }
            if unread > 0 { reasons.append("\(unread) captures not read to their end") }
            return "\(paint("FAILED", .bad)): \(extent): \(reasons.joined(separator: "; "))"
        case .unverified:
            let undecided = suite.sweeps.count { $0.undecided != nil }
            return "\(paint("UNVERIFIED", .caution)): \(extent), \(suite.unreadable.count) captures unreadable"
                + (undecided > 0 ? ", \(undecided) with datagrams that may have been captured twice" : "")
        }
    }

    private func lines(_ sweep: SeedSweep) -> [String] {
        let scenario = sweep.scenario.arguments.dropLast(2).joined(separator: " ")
        let title = "\(sweep.capture.name) \(scenario.isEmpty ? "as recorded, perfect network" : scenario)"
        var lines = ["\(title), seeds \(sweep.seeds): \(word(sweep.verdict))\(sweep.events == 0 ? ", nothing was replayed" : "")"]
        if let error = sweep.sourceError { lines.append("  \(paint("!", .bad)) the capture broke off: \(error)") }
        if let undecided = sweep.undecided { lines.append("  \(paint("!", .caution)) \(undecided)") }
        let faulty = sweep.faulty
        let whole = paint("holds", .good)
        lines.append(
            "  law        \(faulty.isEmpty ? whole : paint("BROKEN", .bad)) with its detectors in"
                + " \(sweep.outcomes.count - faulty.count) of \(sweep.outcomes.count) runs")
        for outcome in faulty.prefix(3) {
            lines += outcome.faults.prefix(3).map { "  \(paint("!", .bad)) seed \(outcome.seed): \($0)" }
        }
        if faulty.count > 3 { lines.append("  ! and \(faulty.count - 3) more runs") }
        let limits = sweep.limits
        let width = limits.map(\.limit.subject.name.count).max() ?? 0
        for (index, limit) in limits.enumerated() {
            lines.append((index == 0 ? "  loss       " : "             ") + line(limit, nameWidth: width))
        }
        let overhead = sweep.overhead
        if overhead.worst > 0 {
            lines.append(
                "  overhead   median \(PercentText.twoDecimals(overhead.median)) %, worst"
                    + " \(PercentText.twoDecimals(overhead.worst)) % more bytes than sent once, the return path included")
        }
        if let worst = sweep.worst {
            lines.append("  \(paint("worst:", .quiet)) \(sweep.command(seed: worst.seed))")
        }
        return lines
    }

    private func line(_ limit: LimitStatistics, nameWidth: Int) -> String {
        let subject = limit.limit.subject.name
        let name = subject + String(repeating: " ", count: nameWidth + 1 - subject.count)
        guard limit.offered > 0 else { return "\(name) none offered" }
        let interval = limit.interval
        let broke = "\(interval.broken) of \(interval.runs) broke \(limit.limit.shareText)"
        let upper = PercentText.oneDecimalUp(interval.upper * 100)
        let lower = PercentText.oneDecimalDown(interval.lower * 100)
        let share = interval.broken == 0 ? "at most \(upper) % do" : "\(lower) to \(upper) % do"
        let spread =
            "loss median \(PercentText.twoDecimals(limit.medianPercent)) %,"
            + " worst \(PercentText.twoDecimals(limit.worstPercent)) % (seed \(limit.worstSeed))"
        return "\(name) \(paint(broke, interval.broken == 0 ? .good : .bad)); at 95 %: \(share); \(spread)"
    }

    private func word(_ verdict: Verdict) -> String {
        switch verdict {
        case .verified: paint("every limit held", .good)
        case .failed: paint("FAILED", .bad)
        case .unverified: paint("unverified", .caution)
        }
    }
}
