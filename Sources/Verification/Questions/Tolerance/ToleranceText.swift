import PacketCapture
import ReplayEngine
import StatsModel

/// The report on how much of a fault clients tolerate, for people: first the answer, then the curves.
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
        lines.append("  " + pad("client", 20) + classes(result).map { padLeft($0.name, 13) }.joined())
        for answer in result.answers {
            let cells = classes(result).map { lossClass -> String in
                let step = answer.byClass[Int(lossClass.rawValue)]
                guard let step else { return padLeft("never", 13) }
                return padLeft(step == question.fault.worst ? "always" : question.fault.text(step), 13)
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

    private func classes(_ result: ToleranceResult) -> [LossClass] {
        LossClass.allCases.filter { result.isOffered[Int($0.rawValue)] }
    }

    /// One client's losses: a row for each step, then a bar chart of the worst losses.
    private func curve(_ answer: ToleranceResult.Answer, _ result: ToleranceResult) -> [String] {
        let fault = result.question.fault
        var lines = ["\(answer.client): events lost in percent, median (worst) of \(result.question.seeds.count) seeds"]
        lines.append("  " + padLeft(fault.rawValue, 12) + classes(result).map { padLeft($0.name, 19) }.joined())
        for step in answer.curve {
            let cells = classes(result).map { lossClass -> String in
                let index = Int(lossClass.rawValue)
                let text = "\(PercentText.twoDecimals(step.median[index])) (\(PercentText.twoDecimals(step.worst[index])))"
                let cell = padLeft(text + (step.holds[index] ? " " : "!"), 19)
                return step.holds[index] ? cell : paint(cell, .bad)
            }
            lines.append("  " + padLeft(fault.text(step.step), 12) + cells.joined() + (step.isSound ? "" : "  law or detectors broken"))
        }
        let highest = answer.curve.flatMap(\.worst).max() ?? 0
        for lossClass in classes(result) {
            let index = Int(lossClass.rawValue)
            let chart = answer.curve.map { step in
                highest == 0 ? " " : String(Self.bars[min(7, Int(step.worst[index] / highest * 8))])
            }
            lines.append("  " + padLeft(lossClass.name, 12) + "  " + chart.joined())
        }
        lines.append("  " + padLeft("", 12) + "  worst seed of each step, up to \(PercentText.twoDecimals(highest)) %; ! breaks its limit")
        return lines
    }

    private func pad(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(1, width - text.count))
    }

    private func padLeft(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(1, width - text.count)) + text
    }
}
