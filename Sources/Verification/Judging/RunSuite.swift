import Foundation
package import PacketCapture
package import ReplayEngine
import StatsModel

/// What is to be run and against what.
package struct RunRequest: Sendable {
    /// Capture paths; empty: every shipped capture.
    package var captures: [String] = []
    /// nil: exactly what the golden files say.
    package var scenario: Scenario?
    package var mode = GoldenMode.optional
    package var update = false
    /// Whether each run is made twice, to compare what both gave.
    package var checkDeterminism = false
    /// Whether anything may be written at all (never in CI).
    package var mayWrite = true
    package var capturesFolder = "captures"
    package var goldenFolder = "golden"

    package init() {}
}

/// Several runs, verified; what a report is made from.
package struct SuiteResult: Sendable {
    package var runs: [RunVerification] = []
    /// What is wrong beside the runs: a golden file no capture uses, one that cannot be read. Each fails the suite.
    package var faults: [String] = []
    /// Captures without the golden file that is required. They leave the suite unverified.
    package var missing: [String] = []
    /// Captures that could not be opened, and golden files that could not be written: the other runs stand all the same.
    package var unreadable: [CaptureError] = []
    package var unwritten: [GoldenError] = []
    package var remarks: [String] = []
    /// Runs that gave another result when they were repeated.
    package var differing = 0

    /// What keeps the suite from being verified although no run failed, a sentence each.
    package var unverified: [String] { missing + unreadable.map(\.description) + unwritten.map(\.description) }

    /// Whether a capture could not be read to its end.
    package var hasUnusableInput: Bool { runs.contains { $0.record.sourceError != nil } }

    package var verdict: Verdict {
        faults.isEmpty ? Verdict.combined(runs.map(\.verdict) + unverified.map { _ in .unverified }) : .failed
    }

    package init() {}
}

/// Plans runs from a request, runs and verifies them.
package enum RunSuite {
    /// Why a suite could not be carried out.
    package enum Failure: Error {
        case noCaptures(folder: String)
    }

    /// - Parameter progress: called with the capture's name and how far its run has come
    package static func run(
        _ request: RunRequest, progress: (String, Replay.Progress) -> Void = { _, _ in }
    ) throws(Failure) -> SuiteResult {
        let store = GoldenStore(folder: request.goldenFolder)
        var result = SuiteResult()
        result.faults = request.mode == .none ? [] : store.errors.map(\.description)
        let plan = try plan(request, store, &result)
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
                verify(record, request, store, &result)
            } catch {
                // Each file is named once, however many scenarios wanted it; what ran before it is kept.
                if !result.unreadable.contains(error) { result.unreadable.append(error) }
            }
        }
        if request.checkDeterminism, !result.runs.isEmpty, result.differing == 0 {
            result.remarks.append("each of the \(result.runs.count) runs was made twice and gave the same both times")
        }
        return result
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
                    record, store: store, mode: request.mode, update: request.update, mayWrite: request.mayWrite))
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
        guard !shipped.isEmpty || !store.entries.isEmpty else { throw .noCaptures(folder: request.capturesFolder) }
        var plan: [(String, Scenario)] = []
        for entry in store.entries {
            if shipped.contains(entry.file.capture) {
                plan.append(("\(request.capturesFolder)/\(entry.file.capture)", entry.scenario))
            }
        }
        result.faults += orphans(request, store, shipped)
        for name in shipped where !store.entries.contains(where: { $0.file.capture == name }) {
            let sentence =
                "\(request.capturesFolder)/\(name): no golden file; record one with"
                + " `statsreplay run \(request.capturesFolder)/\(name) --update`"
            if request.mode == .required { result.missing.append(sentence) } else { result.remarks.append(sentence) }
        }
        return plan
    }

    /// The captures a request names, or else every shipped one.
    package static func capturePaths(_ request: RunRequest) throws(Failure) -> [String] {
        if !request.captures.isEmpty { return request.captures }
        let shipped = captureNames(in: request.capturesFolder).map { "\(request.capturesFolder)/\($0)" }
        guard !shipped.isEmpty else { throw .noCaptures(folder: request.capturesFolder) }
        return shipped
    }

    /// Golden files whose capture is not there, each in a sentence.
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
