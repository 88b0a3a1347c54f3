/// The text report: the verdict first, then the machine, the table, and how each row was measured.
package struct BenchText {
    private let paint: (String, BenchVerdict) -> String

    /// - Parameter paint: colours a word, or returns it as it is
    package init(paint: @escaping (String, BenchVerdict) -> String = { text, _ in text }) { self.paint = paint }

    /// The whole report, without a line break at its end.
    package func lines(_ report: BenchReport) -> [String] {
        var lines = [headline(report), "  \(report.machine.line)"]
        if !report.machine.isOptimized {
            lines.append("  a debug build: these figures say nothing; use a release build")
        }
        lines.append(
            "  \(report.eventsDelivered) of \(report.eventsOffered) events of all loads delivered,"
                + " \(report.eventsUnaccounted) unaccounted for")
        lines += [
            "",
            row("", "measured", "lowest ... highest", "target", "excellent", "poor", "verdict"),
        ]
        for row in report.rows { lines.append(self.row(row)) }
        lines += ["", "medians of \(report.plan.rounds) rounds"]
        var said = ""
        for row in report.rows where row.method != said {
            said = row.method
            lines.append("  \(row.title): \(row.method)")
        }
        return lines
    }

    private func headline(_ report: BenchReport) -> String {
        guard report.hasTraffic else { return paint("nothing was measured: no event arrived", .poor) }
        if report.eventsUnaccounted > 0 {
            return paint("failed: \(report.eventsUnaccounted) events are neither delivered nor counted as lost", .poor)
        }
        let counts = BenchVerdict.allCases.compactMap { verdict -> String? in
            let count = report.count(verdict)
            return count == 0 ? nil : "\(count) \(paint(verdict.rawValue, verdict))"
        }
        return "of \(report.rows.count) rows " + counts.joined(separator: ", ")
    }

    private func row(_ row: BenchRow) -> String {
        let text = row.unit.text
        let sign =
            switch row.bar.direction {
            case .below: ("<", ">")
            case .above: (">", "<")
            }
        func bar(_ value: Double, _ sign: String) -> String {
            value == 0 ? "0" : "\(sign) \(text(value))"
        }
        let spread = row.spread.map { "\(text($0.lowerBound)) ... \(text($0.upperBound))" } ?? ""
        return self.row(
            row.title, row.median.map(text) ?? "-", spread, bar(row.bar.target, sign.0), bar(row.bar.excellent, sign.0),
            bar(row.bar.poor, sign.1), paint(row.verdict.rawValue, row.verdict))
    }

    private func row(
        _ title: String, _ value: String, _ spread: String, _ target: String, _ excellent: String, _ poor: String,
        _ verdict: String
    ) -> String {
        let title = title + String(repeating: " ", count: max(0, 34 - title.count))
        let cells = right(value, 11) + right(spread, 24) + right(target, 12) + right(excellent, 12) + right(poor, 12)
        return "  " + title + cells + "  " + verdict
    }

    private func right(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(1, width - text.count)) + text
    }
}
