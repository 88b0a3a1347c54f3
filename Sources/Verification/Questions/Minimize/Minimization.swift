package import PacketCapture
package import ReplayEngine

/// What became of a question: the smallest run that fails for the same reason, or why there is none.
package enum MinimizeAnswer: Sendable {
    /// The run does not fail, or offers nothing.
    case holds(RunRecord)
    /// It fails, for these reasons, but not for the one asked for.
    case otherReasons(RunRecord, [FailureReason])
    case found(Minimization)

    /// Runs the whole scenario once and, if it fails, makes it smaller.
    ///
    /// - Parameter progress: called after every run with how many there were, and datagrams and faults left
    /// - Throws: ``CaptureError`` when the capture cannot be read to its end
    ///
    /// Memory: the capture's datagrams. Time: ``MinimizeQuestion/runLimit`` runs at most, most of them short.
    package init(
        _ question: MinimizeQuestion, progress: @escaping (Int, Int, UInt64) -> Void = { _, _, _ in }
    ) throws(CaptureError) {
        let excerpt = try CaptureExcerpt(
            question.capture, ports: question.scenario.ports, rules: question.scenario.reading)
        let record = Replay.run(
            excerpt, of: question.capture, scenario: question.scenario, sabotage: question.sabotage)
        let reasons = Judgement(record).reasons
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

/// A failing run made small.
package struct Minimization: Sendable {
    package let reason: FailureReason
    /// For what else the whole run fails, the weightiest first.
    package let otherReasons: [FailureReason]
    /// The run as it was asked for, and the smallest that was found.
    package let whole: RunRecord
    package let smallest: RunRecord
    /// The smallest capture.
    package let excerpt: CaptureExcerpt
    package let runs: Int
    /// Nothing single can be left out any more; false where the limit of runs came first.
    package let isComplete: Bool

    package var scenario: Scenario { smallest.scenario }
}
