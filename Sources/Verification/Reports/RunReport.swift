import ReplayEngine
import StatsModel

/// The report on one judged run: its verdict and its facts. Each form of a report is a projection of it.
package struct RunReport: Sendable {
    package let facts: RunFacts
    package let verdict: Verdict
    package let golden: GoldenUse
    /// The reasons why the verdict is not `verified`, the most important first.
    package let reasons: [String]
    /// Facts that do not change the verdict but are worth knowing.
    package let remarks: [String]
    package let seed: UInt64
    /// The options that make the scenario, without its seed.
    let arguments: [String]
    /// The command that repeats the run.
    package let command: String

    package init(_ run: RunVerification) {
        facts = run.facts
        verdict = run.verdict
        golden = run.golden
        reasons = run.reasons
        remarks = run.remarks
        seed = run.record.scenario.seed
        arguments = run.record.scenario.arguments.dropLast(2)
        command = RunVerification.command(run.record)
    }
}

/// The report on several runs together.
package struct SuiteReport: Sendable {
    package let verdict: Verdict
    /// The requested seed, or that of the first run.
    let seed: UInt64
    package let runs: [RunReport]
    /// Problems outside the runs, each of which fails the suite.
    let faults: [String]
    /// Reasons why the suite is not verified although no run failed.
    let unverified: [String]
    let remarks: [String]
    /// Captures without the required golden file.
    let missing: Int
    /// Captures that could not be opened.
    let unreadable: Int
    /// Golden files that could not be written.
    let unwritten: Int

    /// - Parameter seed: the seed of the request; nil if the golden files decide
    package init(_ result: SuiteResult, seed: UInt64? = nil) {
        verdict = result.verdict
        self.seed = seed ?? result.runs.first?.record.scenario.seed ?? 1
        runs = result.runs.map(RunReport.init)
        faults = result.faults
        unverified = result.unverified
        remarks = result.remarks
        missing = result.missing.count
        unreadable = result.unreadable.count
        unwritten = result.unwritten.count
    }

    /// Events offered in all runs.
    var offered: UInt64 { runs.reduce(0) { $0 + $1.facts.events.offered.total } }

    func count(_ verdict: Verdict) -> Int { runs.filter { $0.verdict == verdict }.count }
}
