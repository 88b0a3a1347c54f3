package import PacketCapture
package import ReplayEngine
import StatsModel
import Synchronization
import SystemIO

/// The same scenario and capture with many seeds. It answers how often a limit breaks, and not only whether it can break.
package struct SeedSweep: Sendable {
    package let capture: CaptureIdentity
    /// The scenario of all runs, with the first seed.
    package let scenario: Scenario
    package let seeds: SeedRange
    /// Outcomes in the order of the seeds.
    package let outcomes: [SeedOutcome]
    /// The error that ended the reading of the capture early, if any. Every run used the part before.
    package let sourceError: CaptureError?
    /// The decision that the user has to make before any run of this capture can be verified, if there is one
    /// (``RunVerification/undecided(_:)``).
    package let undecided: String?

    /// Runs every seed, on all cores. The result does not depend on which thread runs which seed.
    ///
    /// - Parameters:
    ///   - progress: called after each run, from any thread, with the number of finished runs
    ///   - place: changes the scenario of one run; its seed is already set
    /// - Throws: ``CaptureError`` if the file cannot be opened or is no capture
    package init(
        _ capture: CaptureIdentity, scenario: Scenario, seeds: SeedRange, progress: @Sendable (Int) -> Void = { _ in },
        place: @Sendable (inout Scenario) -> Void = { _ in }
    ) throws(CaptureError) {
        let results = Mutex<[Int: Result<RunSummary, CaptureError>]>([:])
        ParallelWork.forEach(seeds.count) { index in
            var scenario = scenario
            scenario.seed = seeds[index]
            place(&scenario)
            let result: Result<RunSummary, CaptureError>
            do throws(CaptureError) {
                let record = try Replay.run(capture, scenario: scenario)
                result = .success(
                    RunSummary(
                        outcome: SeedOutcome(record), sourceError: record.sourceError,
                        undecided: RunVerification.undecided(record)))
            } catch {
                result = .failure(error)
            }
            let done = results.withLock { results in
                results[index] = result
                return results.count
            }
            progress(done)
        }
        let all = results.withLock { $0 }
        var outcomes: [SeedOutcome] = []
        var sourceError: CaptureError?
        var undecided: String?
        outcomes.reserveCapacity(seeds.count)
        for index in 0..<seeds.count {
            guard let result = all[index] else { preconditionFailure("every seed has run") }
            let summary = try result.get()
            outcomes.append(summary.outcome)
            sourceError = sourceError ?? summary.sourceError
            undecided = undecided ?? summary.undecided
        }
        self.capture = capture
        self.seeds = seeds
        self.outcomes = outcomes
        self.sourceError = sourceError
        self.undecided = undecided
        var first = scenario
        first.seed = seeds[0]
        self.scenario = first
    }

    private struct RunSummary {
        let outcome: SeedOutcome
        let sourceError: CaptureError?
        let undecided: String?
    }

    /// Runs in which the law, a detector or the codec failed.
    package var faulty: [SeedOutcome] { outcomes.filter { !$0.faults.isEmpty } }

    package var events: UInt64 { outcomes.reduce(0) { $0 + $1.events } }

    /// The statistics of each limit, in the order of ``ReplayEngine/LossLimits/all``.
    package var limits: [LimitStatistics] {
        scenario.lossLimits.all.enumerated().map { LimitStatistics($1, at: $0, outcomes) }
    }

    /// The run to look at first: a run with a fault, or else the run with the highest severity. Ties go to the lowest seed.
    package var worst: SeedOutcome? {
        if let first = faulty.first { return first }
        return outcomes.max { ($0.severity, $1.seed) < ($1.severity, $0.seed) }
    }

    /// The cost of the client's mitigations over all seeds: median and worst, in percent of the bytes of first transmissions.
    package var overhead: (median: Double, worst: Double) {
        let sorted = outcomes.map(\.overheadPercent).sorted()
        return ((sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2, sorted[sorted.count - 1])
    }

    package var verdict: Verdict {
        if sourceError != nil || !faulty.isEmpty || limits.contains(where: { $0.interval.broken > 0 }) { return .failed }
        return events == 0 || undecided != nil ? .unverified : .verified
    }

    /// The command that repeats the run of one seed.
    package func command(seed: UInt64) -> String {
        var scenario = scenario
        scenario.seed = seed
        return RunVerification.command(RunRecord(capture: capture, scenario: scenario))
    }
}
