package import PacketCapture
package import ReplayEngine

/// The answer to a question: the smallest run that fails for the same reason, or the reason why there is none.
package enum MinimizeAnswer: Sendable {
    /// The run does not fail, or offers nothing.
    case holds(RunRecord)
    /// The run fails, but not for the requested reason. These are its reasons.
    case otherReasons(RunRecord, [FailureReason])
    /// Limits whose patterns match no metric of the run, one sentence each.
    case unmatchedLimits([String])
    case found(Minimization)

    /// Runs the whole scenario once and, if it fails, makes it smaller.
    ///
    /// - Parameter progress: called after every run with the number of runs so far and the datagrams and faults left
    /// - Throws: ``CaptureError`` if the capture cannot be read to its end
    ///
    /// Memory: the capture's datagrams. Time: at most ``MinimizeQuestion/runLimit`` runs, most of them short.
    package init(
        _ question: MinimizeQuestion, progress: @escaping (Int, Int, UInt64) -> Void = { _, _, _ in }
    ) throws(CaptureError) {
        let excerpt = try CaptureExcerpt(
            question.capture, ports: question.scenario.ports, rules: question.scenario.reading)
        let record = Replay.run(
            excerpt, of: question.capture, scenario: question.scenario, mutation: question.mutation)
        let judgement = Judgement(record)
        var unmatched = UnmatchedLimits()
        unmatched.record(judgement.losses)
        guard unmatched.patterns.isEmpty else {
            self = .unmatchedLimits(unmatched.sentences)
            return
        }
        let reasons = judgement.reasons
        guard let first = reasons.first else {
            self = .holds(record)
            return
        }
        let wanted = question.reason.map { word in reasons.first { $0.isMeant(by: word) } } ?? first
        guard let wanted else {
            self = .otherReasons(record, reasons)
            return
        }
        var minimizer = Minimizer(question, whole: excerpt, record, wanted) { step in
            progress(step.runs, step.datagrams, step.faults)
        }
        minimizer.minimize()
        self = .found(
            Minimization(
                reason: wanted, otherReasons: reasons.filter { $0 != wanted }, whole: record, smallest: minimizer.record,
                excerpt: minimizer.best.excerpt, runs: minimizer.runs, isComplete: !minimizer.isCutShort))
    }
}

/// A failing run that was made small.
package struct Minimization: Sendable {
    package let reason: FailureReason
    /// The other reasons why the whole run fails, the most serious first.
    package let otherReasons: [FailureReason]
    /// The requested run, and the smallest one that was found.
    package let whole: RunRecord
    package let smallest: RunRecord
    /// The smallest capture.
    package let excerpt: CaptureExcerpt
    package let runs: Int
    /// True if nothing more can be left out. False if the limit of runs ended the search.
    package let isComplete: Bool

    package var scenario: Scenario { smallest.scenario }
}
