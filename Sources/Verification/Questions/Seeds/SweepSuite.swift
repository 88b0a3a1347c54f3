package import PacketCapture
package import ReplayEngine

/// Sweeps over one or more captures.
package struct SweepSuite: Sendable {
    package let seeds: SeedRange
    package private(set) var sweeps: [SeedSweep] = []
    /// Captures that could not be opened, a sentence each; the others were swept all the same.
    package private(set) var unreadable: [CaptureError] = []

    package var verdict: Verdict {
        Verdict.combined(sweeps.map(\.verdict) + unreadable.map { _ in .unverified })
    }

    package var runCount: Int { sweeps.reduce(0) { $0 + $1.outcomes.count } }

    /// Whether clients are compared.
    package let hasManyClients: Bool

    /// - Parameter scenarios: what each capture is swept with, where that is not the request's alone
    /// - Parameter progress: the capture's name and how many of its runs are done; called from any thread
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
