package import Foundation
import PacketCapture
import ReplayEngine

/// The report on a self-test, for people and for machines.
package struct SelfTestText {
    private let paint: (String, RunText.Tone) -> String

    /// - Parameter paint: colours a word, or returns it unchanged
    package init(paint: @escaping (String, RunText.Tone) -> String = { text, _ in text }) { self.paint = paint }

    /// The whole report, without a line break at its end.
    package func lines(_ test: SelfTest) -> [String] {
        let wrong = test.trials.filter { !$0.isRight }
        let broken = test.trials.filter { $0.mutation != nil }
        var lines = [
            wrong.isEmpty && !broken.isEmpty
                ? "\(paint("VERIFIED", .good)): \(broken.count) mutations, each of them noticed; no alarm where nothing was broken"
                : "\(paint("FAILED", .bad)): \(wrong.count) of \(test.trials.count) trials went wrong"
        ]
        var capture: CaptureIdentity?
        for trial in test.trials {
            if trial.capture != capture {
                let words = test.scenario.arguments.joined(separator: " ")
                lines += ["", "\(trial.capture.name) \(words)"]
                capture = trial.capture
            }
            let name = trial.mutation?.sentence ?? "nothing is broken"
            let width = 41
            let padding = String(repeating: " ", count: max(1, width - name.count))
            lines.append("  \(paint(trial.isRight ? "ok" : "WRONG", trial.isRight ? .good : .bad))  \(name)\(padding)\(finding(trial))")
        }
        return lines
    }

    private func finding(_ trial: SelfTest.Trial) -> String {
        guard trial.mutation != nil else { return trial.alarms.first ?? "no alarm" }
        if trial.mutationsApplied == 0 { return "never had an occasion: this capture proves nothing of it" }
        let times = trial.mutationsApplied == 1 ? "once" : "\(trial.mutationsApplied) times"
        guard let alarm = trial.alarms.first else { return "\(times), and nobody noticed" }
        return "\(times); \(alarm)"
    }

    /// One JSON object with a line break at its end.
    package static func json(_ test: SelfTest) throws -> Data { try ReportJSON.encode(SelfTestReport(test)) }
}

private struct SelfTestReport: Encodable {
    struct Trial: Encodable {
        var capture: String
        var mutation: String
        var mutationsApplied: UInt64
        var ok: Bool
        var alarms: [String]
    }

    var verdict: Verdict
    var seed: UInt64
    var trials: [Trial]

    init(_ test: SelfTest) {
        verdict = test.verdict
        seed = test.scenario.seed
        trials = test.trials.map { trial in
            Trial(
                capture: trial.capture.path, mutation: trial.mutation?.sentence ?? "nothing is broken", mutationsApplied: trial.mutationsApplied,
                ok: trial.isRight, alarms: Array(trial.alarms.prefix(10)))
        }
    }
}
