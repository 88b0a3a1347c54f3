package import Foundation
import PacketCapture
import ReplayEngine
import StatsModel

/// The report on a sweep for machines: one JSON object with sorted keys. The same sweep gives the same bytes.
package struct SweepReport: Encodable, Sendable {
    struct Limit: Encodable, Sendable {
        var limitPercent: Double
        var offered: UInt64
        var broken: Int
        var runs: Int
        /// The 95 % confidence interval of the share of seeds that break the limit.
        var brokenPercentLow: Double
        var brokenPercentHigh: Double
        var medianPercent: Double
        var worstPercent: Double
        var worstSeed: UInt64
    }

    struct Fault: Encodable, Sendable {
        var seed: UInt64
        var reasons: [String]
    }

    struct Sweep: Encodable, Sendable {
        var capture: String
        var verdict: Verdict
        var runs: Int
        var events: UInt64
        var faulty: Int
        /// The first ten runs with a fault.
        var faults: [Fault]
        /// Limits by the name of the class, or by the pattern.
        var limits: [String: Limit]
        var overheadMedianPercent: Double
        var overheadWorstPercent: Double
        var worstSeed: UInt64?
        var command: String?
        var captureError: String?
        /// Written only if the user has to decide about possible duplicates (`--duplicates`).
        var undecided: String?
    }

    var verdict: Verdict
    var seeds: String
    var runs: Int
    var faults: [String]
    var captures: [Sweep]

    package init(_ suite: SweepSuite) {
        verdict = suite.verdict
        seeds = suite.seeds.description
        runs = suite.runCount
        faults = suite.unreadable.map(\.description) + suite.unmatchedLimits
        captures = suite.sweeps.map(Self.sweep)
    }

    private static func sweep(_ sweep: SeedSweep) -> Sweep {
        var limits: [String: Limit] = [:]
        for limit in sweep.limits {
            limits[limit.limit.subject.name] = Limit(
                limitPercent: limit.limit.share.percent, offered: limit.offered, broken: limit.interval.broken,
                runs: limit.interval.runs, brokenPercentLow: limit.interval.lower * 100,
                brokenPercentHigh: limit.interval.upper * 100, medianPercent: limit.medianPercent,
                worstPercent: limit.worstPercent, worstSeed: limit.worstSeed)
        }
        let worst = sweep.worst?.seed
        return Sweep(
            capture: sweep.capture.path, verdict: sweep.verdict, runs: sweep.outcomes.count, events: sweep.events,
            faulty: sweep.faulty.count, faults: sweep.faulty.prefix(10).map { Fault(seed: $0.seed, reasons: $0.faults) },
            limits: limits, overheadMedianPercent: sweep.overhead.median, overheadWorstPercent: sweep.overhead.worst,
            worstSeed: worst, command: worst.map(sweep.command), captureError: sweep.sourceError?.description, undecided: sweep.undecided)
    }

    /// The object as JSON with a line break at its end.
    package func json() throws -> Data { try ReportJSON.encode(self) }
}
