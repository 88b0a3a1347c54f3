package import PacketCapture
package import ReplayEngine

/// Sweeps over one or more captures.
package struct SweepSuite: Sendable {
    package let seeds: SeedRange
    package private(set) var sweeps: [SeedSweep] = []
    /// Captures that could not be opened. The sweeps of the other captures stay valid.
    package private(set) var unreadable: [CaptureError] = []

    /// Limits whose patterns match no metric in any run, one sentence each. Empty if a capture could not be read to its end.
    package var unmatchedLimits: [String] {
        guard unreadable.isEmpty, sweeps.allSatisfy({ $0.sourceError == nil }) else { return [] }
        var unmatched = UnmatchedLimits()
        for sweep in sweeps { for outcome in sweep.outcomes { unmatched.record(outcome.losses) } }
        return unmatched.sentences
    }

    package var verdict: Verdict {
        if !unmatchedLimits.isEmpty { return .failed }
        return Verdict.combined(sweeps.map(\.verdict) + unreadable.map { _ in .unverified })
    }

    package var runCount: Int { sweeps.reduce(0) { $0 + $1.outcomes.count } }

    /// Whether clients are compared.
    package let hasManyClients: Bool

    /// - Parameter scenarios: the scenarios of each capture, if there are others than the request's
    /// - Parameter progress: called from any thread with the capture's name and the number of finished runs
    package init(
        _ request: RunRequest, scenarios: [Scenario] = [], seeds: SeedRange,
        progress: @escaping @Sendable (String, Int) -> Void = { _, _ in }
    ) throws(RunSuite.Failure) {
        self.seeds = seeds
        let scenarios = scenarios.isEmpty ? [request.scenario ?? Scenario()] : scenarios
        hasManyClients = scenarios.count > 1
        for path in try RunSuite.capturePaths(request) {
            do throws(CaptureError) {
                let identity = try CaptureIdentity(reading: path)
                for scenario in scenarios {
                    sweeps.append(
                        try SeedSweep(identity, scenario: scenario, seeds: seeds) { [name = identity.name] in progress(name, $0) })
                }
            } catch {
                unreadable.append(error)
            }
        }
    }
}
