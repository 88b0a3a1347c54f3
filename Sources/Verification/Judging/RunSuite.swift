import Foundation
package import PacketCapture
package import ReplayEngine
import StatsModel

/// A request for runs: the captures, the scenario, and the golden files to compare with.
package struct RunRequest: Sendable {
    /// Paths of captures. Empty means every shipped capture.
    package var captures: [String] = []
    /// The scenario of all runs. nil means the scenarios of the golden files.
    package var scenario: Scenario?
    package var mode = GoldenMode.optional
    package var update = false
    /// Whether each run is made twice, to compare both results.
    package var checkDeterminism = false
    /// Whether any file may be written. Always false in CI.
    package var mayWrite = true
    package var capturesFolder = "captures"
    package var goldenFolder = "golden"

    package init() {}
}

/// Several verified runs: the input of every report.
package struct SuiteResult: Sendable {
    package var runs: [RunVerification] = []
    /// Problems outside the runs: a golden file that no capture uses, or that cannot be read. Each one fails the suite.
    package var faults: [String] = []
    /// Captures without the required golden file. They leave the suite unverified.
    package var missing: [String] = []
    /// Captures that could not be opened, and golden files that could not be written. The other runs stay valid.
    package var unreadable: [CaptureError] = []
    package var unwritten: [GoldenError] = []
    package var remarks: [String] = []
    /// Limits whose patterns match no metric in any run, one sentence each. Each of them is a fault as well.
    package var unmatchedLimits: [String] = []
    /// The number of runs whose repetition gave another result.
    package var differing = 0

    /// Reasons why the suite is not verified although no run failed, as sentences.
    package var unverified: [String] { missing + unreadable.map(\.description) + unwritten.map(\.description) }

    package var verdict: Verdict {
        faults.isEmpty ? Verdict.combined(runs.map(\.verdict) + unverified.map { _ in .unverified }) : .failed
    }

    package init() {}
}

/// Plans runs from a request, runs and verifies them.
package enum RunSuite {
    /// The reason why a suite could not be run.
    package enum Failure: Error {
        case noCaptures(folder: String)
    }

    /// - Parameter progress: called with the capture's name and the progress of its run
    package static func run(
        _ request: RunRequest, progress: (String, Replay.Progress) -> Void = { _, _ in }
    ) throws(Failure) -> SuiteResult {
        let store = GoldenStore(folder: request.goldenFolder)
        var result = SuiteResult()
        result.faults = request.mode == .none ? [] : store.errors.map(\.description)
        let plan = try plan(request, store, &result)
        var records: [RunRecord] = []
        var digests: [String: CaptureIdentity] = [:]
        for (path, scenario) in plan {
            do throws(CaptureError) {
                let identity: CaptureIdentity
                if let known = digests[path] { identity = known } else { identity = try CaptureIdentity(reading: path) }
                digests[path] = identity
                let record = try Replay.run(identity, scenario: scenario) { progress(identity.name, $0) }
                if request.checkDeterminism {
                    let again = try Replay.run(identity, scenario: scenario) { progress(identity.name, $0) }
                    compare(record, again, &result)
                }
                records.append(record)
            } catch {
                // Each unreadable file is named once, however many scenarios use it. Results of earlier runs are kept.
                if !result.unreadable.contains(error) { result.unreadable.append(error) }
            }
        }
        result.unmatchedLimits = result.unreadable.isEmpty ? unmatchedLimits(records) : []
        result.faults += result.unmatchedLimits
        for record in records { verify(record, request, store, &result) }
        if request.mode != .none { result.faults += stillOutdated(store, result) }
        if request.checkDeterminism, !result.runs.isEmpty, result.differing == 0 {
            result.remarks.append("each of the \(result.runs.count) runs was made twice and gave the same both times")
        }
        return result
    }

    /// Sentences on limits without a matching metric. Empty if a capture was not read to its end, since the rest may contain such
    /// metrics.
    private static func unmatchedLimits(_ records: [RunRecord]) -> [String] {
        guard records.allSatisfy({ $0.sourceError == nil }) else { return [] }
        var unmatched = UnmatchedLimits()
        for record in records where !record.scenario.lossLimits.patterns.isEmpty { unmatched.record(Judgement(record).losses) }
        return unmatched.sentences
    }

    /// Sentences on golden files of an older format that no run has recorded again.
    private static func stillOutdated(_ store: GoldenStore, _ result: SuiteResult) -> [String] {
        let golden = result.runs.map(\.golden)
        return store.outdated.filter { !golden.contains(.recorded(path: store.path(of: $0.name))) }.map(\.error.description)
    }

    private static func compare(_ record: RunRecord, _ again: RunRecord, _ result: inout SuiteResult) {
        do throws(GoldenError) {
            let (first, second) = (try RunFingerprint(record), try RunFingerprint(again))
            guard first != second else { return }
            result.differing += 1
            result.faults.append(
                "\(RunVerification.command(record)): made twice, it gave two results, fingerprints \(first) and \(second)")
        } catch {
            result.faults.append("\(error)")
        }
    }

    private static func verify(
        _ record: RunRecord, _ request: RunRequest, _ store: GoldenStore, _ result: inout SuiteResult
    ) {
        do throws(GoldenError) {
            result.runs.append(
                try RunVerification(
                    record, store: store, mode: request.mode, update: request.update && result.unmatchedLimits.isEmpty,
                    mayWrite: request.mayWrite))
        } catch {
            result.unwritten.append(error)
        }
    }

    private static func plan(
        _ request: RunRequest, _ store: GoldenStore, _ result: inout SuiteResult
    ) throws(Failure) -> [(String, Scenario)] {
        let shipped = captureNames(in: request.capturesFolder)
        if let scenario = request.scenario {
            let captures = try capturePaths(request)
            if request.captures.isEmpty, request.mode != .none { result.remarks += orphans(request, store, shipped) }
            return captures.map { ($0, scenario) }
        }
        var files = store.entries.map { (name: $0.name, capture: $0.file.capture, scenario: $0.scenario) }
        let outdated = store.outdated.map { (name: $0.name, capture: $0.capture, scenario: $0.scenario) }
        let known = Set((files + outdated).map(\.capture))
        guard !shipped.isEmpty || !files.isEmpty else { throw .noCaptures(folder: request.capturesFolder) }
        // A file of an older format can only be recorded again.
        if request.update, !outdated.isEmpty { files = (files + outdated).sorted { "\($0.name).yaml" < "\($1.name).yaml" } }
        let plan = files.filter { shipped.contains($0.capture) }.map { ("\(request.capturesFolder)/\($0.capture)", $0.scenario) }
        result.faults += orphans(request, store, shipped)
        for name in shipped where !known.contains(name) {
            let sentence =
                "\(request.capturesFolder)/\(name): no golden file; record one with"
                + " `statsreplay run \(request.capturesFolder)/\(name) --update`"
            if request.mode == .required { result.missing.append(sentence) } else { result.remarks.append(sentence) }
        }
        return plan
    }

    /// The captures that a request names, or every shipped capture if it names none.
    package static func capturePaths(_ request: RunRequest) throws(Failure) -> [String] {
        if !request.captures.isEmpty { return request.captures }
        let shipped = captureNames(in: request.capturesFolder).map { "\(request.capturesFolder)/\($0)" }
        guard !shipped.isEmpty else { throw .noCaptures(folder: request.capturesFolder) }
        return shipped
    }

    /// Golden files whose capture is missing, as sentences.
    private static func orphans(_ request: RunRequest, _ store: GoldenStore, _ shipped: [String]) -> [String] {
        store.entries.filter { !shipped.contains($0.file.capture) }.map { entry in
            "\(store.path(of: entry.name)): no capture uses it, \(request.capturesFolder)/\(PrintableText.cut(entry.file.capture)) is not there"
        }
    }

    /// The capture files of a folder, sorted by name.
    static func captureNames(in folder: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { $0.hasSuffix(".pcap") || $0.hasSuffix(".pcapng") }.sorted()
    }
}
