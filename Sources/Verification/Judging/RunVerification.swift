package import ReplayEngine
import StatsModel

/// Whether a golden file is required.
package enum GoldenMode: String, Sendable, CaseIterable {
    case required, optional, none
}

/// The use of a golden file in a run: none, compared with the run, or written by it.
package enum GoldenUse: Equatable, Sendable {
    case none
    case compared(path: String)
    case recorded(path: String)

    package var path: String? {
        switch self {
        case .none: nil
        case .compared(let path), .recorded(let path): path
        }
    }
}

/// One judged run: verdict, reasons and the facts that reports show.
package struct RunVerification: Sendable {
    package let record: RunRecord
    package let judgement: Judgement
    package let facts: RunFacts
    package let verdict: Verdict
    package let golden: GoldenUse
    /// The reasons why the verdict is not `verified`, the most important first.
    package let reasons: [String]
    /// Facts that do not change the verdict but are worth knowing.
    package let remarks: [String]

    /// Compares a finished run with the law, the detectors, the limits and its golden file.
    init(_ record: RunRecord, store: GoldenStore, mode: GoldenMode, update: Bool, mayWrite: Bool) throws(GoldenError) {
        self.record = record
        judgement = Judgement(record)
        facts = RunFacts(record, judgement)
        var reasons = judgement.faults
        var remarks: [String] = []
        if let error = record.sourceError { reasons.append("the capture broke off: \(error)") }
        if record.source.malformed > 0 {
            remarks.append("\(record.source.malformed) malformed lines in the capture were not replayed")
        }
        remarks += Self.reading(record) + record.source.dialect.remarks
        remarks += CaptureInspection.replayProblems(record.captureNotes).map { "the capture is not fit to be a fixture: \($0.sentence)" }
        if record.source.isUntimed { remarks.append(Self.untimed(record.scenario.pace)) }
        let undecided = Self.undecided(record)
        let isSound = reasons.isEmpty && !judgement.isEmpty && undecided == nil
        let limits = judgement.brokenLimits.map { loss in
            "\(loss.name): \(loss.lost) of \(loss.offered) lost, \(Self.limitText(loss))"
        }
        var verdict: Verdict
        let isPipe = record.capture.spool != nil
        if isPipe, mode != .none {
            remarks.append("the capture came through a pipe, which no golden file can name; to repeat the run, store it in a file")
        }
        let entry = mode == .none || isPipe ? nil : store.find(capture: record.capture.name, scenario: record.scenario)

        if judgement.isEmpty {
            verdict = reasons.isEmpty ? .unverified : .failed
            let causes = record.captureNotes.map(CaptureInspection.emptinessProblems) ?? []
            let hint = causes.isEmpty ? "" : ": " + causes.map(\.sentence).joined(separator: "; ")
            reasons.append(
                "nothing was replayed: no stats event for port \(record.scenario.ports) in \(record.capture.path)\(hint)")
            golden = .none
        } else if update, isSound, !isPipe {
            let name = entry?.name ?? store.nameToWrite(capture: record.capture.name, scenario: record.scenario)
            try store.write(GoldenFile(record.scenario, facts), name: name, isActual: false)
            store.removeActual(name: name)
            verdict = .verified
            golden = .recorded(path: store.path(of: name))
        } else if let entry {
            let actual = GoldenFile(record.scenario, facts)
            let differences = Self.differences(entry.file, actual)
            if differences.isEmpty {
                store.removeActual(name: entry.name)
            } else if mayWrite {
                remarks.append(Self.keep(actual, of: record, store, name: entry.name))
            }
            reasons += differences
            verdict = reasons.isEmpty ? .verified : .failed
            golden = .compared(path: store.path(of: entry.name))
        } else {
            golden = .none
            switch mode {
            case .required:
                verdict = reasons.isEmpty ? .unverified : .failed
                reasons.append(
                    isPipe
                        ? "no golden file, which a pipe cannot have: store the capture in a file, or run with --golden none"
                        : "no golden file: record it with `\(Self.command(record, update: true))`")
                reasons += limits
            case .optional, .none:
                reasons += limits
                verdict = reasons.isEmpty ? .verified : .failed
                if mode == .optional, !isPipe, undecided == nil {
                    remarks.append("no golden file: record it with `\(Self.command(record, update: true))`")
                }
            }
        }
        if let undecided, verdict == .verified || verdict == .unverified {
            verdict = .unverified
            reasons.append(undecided)
        }
        self.verdict = verdict
        self.reasons = reasons
        self.remarks = remarks
    }

    /// Writes the actual result beside its golden file. The reported difference does not depend on whether the file could be
    /// written.
    private static func keep(_ actual: GoldenFile, of record: RunRecord, _ store: GoldenStore, name: String) -> String {
        do throws(GoldenError) {
            try store.write(actual, name: name, isActual: true)
            return "the actual result stands in \(store.folder)/\(name).actual.yaml; if it is right, accept it with"
                + " `\(command(record, update: true))`"
        } catch {
            return "the actual result is not kept: \(error)"
        }
    }

    /// The decision that the user has to make before the run can be verified. nil if there is none.
    static func undecided(_ record: RunRecord) -> String? {
        guard record.undecidedDuplicates > 0 else { return nil }
        return "\(record.undecidedDuplicates) datagrams may have been captured twice, and nothing proves it: decide with"
            + " --duplicates merge (count them once) or --duplicates keep (they were sent as often)"
    }

    /// Packets that were left out while reading the capture, as sentences.
    private static func reading(_ record: RunRecord) -> [String] {
        var lines: [String] = []
        if record.source.mergedPackets > 0 {
            lines.append("\(record.source.mergedPackets) packets in the capture show datagrams again, which count once")
        }
        if record.source.wrongChecksums > 0 {
            lines.append(
                "\(record.source.wrongChecksums) datagrams in the capture have wrong checksums and were not replayed: no receiver"
                    + " accepts them (--checksums ignore replays them)")
        }
        return lines
    }

    private static func differences(_ recorded: GoldenFile, _ actual: GoldenFile) -> [String] {
        var lines: [String] = []
        if recorded.digest != actual.digest {
            lines.append("the capture \(actual.capture) changed: recorded \(PrintableText.cut(recorded.digest)), now \(actual.digest)")
        }
        return lines + GoldenDiff(recorded: recorded.expected, actual: actual.expected).lines
    }

    /// The sentence on the replay of a capture without times.
    private static func untimed(_ pace: Pace) -> String {
        let what = "the capture states no time (every timestamp is zero or missing); its datagrams were replayed in order"
        guard case .multiplier = pace else { return what }
        return what + ", 1 ms apart in place of the recorded distances; --pps chooses another rate"
    }

    static func limitText(_ loss: LossMeasure) -> String {
        loss.limit.share.isZero ? "none may be" : "less than \(loss.limit.share) may be"
    }

    /// The full command that repeats this run.
    package static func command(_ record: RunRecord, update: Bool = false) -> String {
        (["statsreplay run", ShellWord.quoted(record.capture.path)] + record.scenario.arguments.map(ShellWord.quoted) + (update ? ["--update"] : []))
            .joined(separator: " ")
    }
}
