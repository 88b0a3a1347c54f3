import PacketCapture
import ReplayEngine
import StatsModel

/// The report on a fault that clients tolerate, for people: first the answer, and then the curves.
package struct ToleranceText {
    private let paint: (String, RunText.Tone) -> String

    /// - Parameter paint: colours a word, or returns it unchanged
    package init(paint: @escaping (String, RunText.Tone) -> String = { text, _ in text }) { self.paint = paint }

    private static let bars = Array("▁▂▃▄▅▆▇█")

    /// The whole report, without a line break at its end.
    package func lines(_ result: ToleranceResult) -> [String] {
        let question = result.question
        var lines: [String] = []
        if let undecided = result.undecided { lines.append("\(paint("UNVERIFIED", .caution)): \(undecided)") }
        for answer in result.answers { lines.append("client \(answer.client): \(headline(answer, question))") }
        var base = question.scenario
        base.seed = question.seeds.seeds.lowerBound
        let words = base.arguments.dropLast(2)
        lines.append(
            "  \(result.capture.name)\(words.isEmpty ? "" : " " + words.joined(separator: " ")), each step with seeds"
                + " \(question.seeds); a limit holds where it breaks in none of them")
        lines += ["", "how far each limit holds"]
        lines.append("  " + pad("client", 20) + columns(result).map { padLeft($0.name, $0.width(13)) }.joined())
        for answer in result.answers {
            let cells = columns(result).map { column -> String in
                let width = column.width(13)
                guard let step = answer.byLimit[column.index] else { return padLeft("never", width) }
                return padLeft(step == question.fault.worst ? "always" : question.fault.text(step), width)
            }
            lines.append("  " + pad(answer.client, 20) + cells.joined())
        }
        for answer in result.answers { lines += [""] + curve(answer, result) }
        return lines
    }

    private func headline(_ answer: ToleranceResult.Answer, _ question: ToleranceQuestion) -> String {
        let fault = question.fault
        guard let most = answer.all else {
            return paint("a limit breaks even without \(fault.sentence)", .bad)
        }
        if most == fault.worst {
            return "\(paint("every limit holds", .good)) at any \(fault.sentence) looked at, \(fault.text(most)) the last"
        }
        return "every limit holds up to \(paint(fault.text(most), .good)) \(fault.amount)"
    }

    /// One limit with offered events.
    private struct Column {
        let index: Int
        let name: String

        /// The width of the column: at least `least`, and more for a long name.
        func width(_ least: Int) -> Int { max(least, name.count + 2) }
    }

    private func columns(_ result: ToleranceResult) -> [Column] {
        result.limits.enumerated().filter { result.isOffered[$0.offset] }
            .map { Column(index: $0.offset, name: $0.element.subject.name) }
    }

    /// One client's losses: a row for each step, then a bar chart of the worst losses.
    private func curve(_ answer: ToleranceResult.Answer, _ result: ToleranceResult) -> [String] {
        let fault = result.question.fault
        var lines = ["\(answer.client): events lost in percent, median (worst) of \(result.question.seeds.count) seeds"]
        lines.append("  " + padLeft(fault.rawValue, 12) + columns(result).map { padLeft($0.name, $0.width(19)) }.joined())
        for step in answer.curve {
            let cells = columns(result).map { column -> String in
                let index = column.index
                let text = "\(PercentText.twoDecimals(step.median[index])) (\(PercentText.twoDecimals(step.worst[index])))"
                let cell = padLeft(text + (step.holds[index] ? " " : "!"), column.width(19))
                return step.holds[index] ? cell : paint(cell, .bad)
            }
            lines.append("  " + padLeft(fault.text(step.step), 12) + cells.joined() + (step.isSound ? "" : "  law or detectors broken"))
        }
        let highest = answer.curve.flatMap(\.worst).max() ?? 0
        let columns = columns(result)
        let width = columns.map { $0.width(12) }.max() ?? 12
        for column in columns {
            let index = column.index
            let chart = answer.curve.map { step in
                highest == 0 ? " " : String(Self.bars[min(7, Int(step.worst[index] / highest * 8))])
            }
            lines.append("  " + padLeft(column.name, width) + "  " + chart.joined())
        }
        lines.append("  " + padLeft("", width) + "  worst seed of each step, up to \(PercentText.twoDecimals(highest)) %; ! breaks its limit")
        return lines
    }

    private func pad(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(1, width - text.count))
    }

    private func padLeft(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(1, width - text.count)) + text
    }
}
