import StatsModel

/// All seeds of one client at one step of the varied fault.
package struct ToleranceStep: Sendable {
    package let step: Int
    /// By ``LossClass``: the median and the worst over the seeds, in percent, and whether the limit held in every run.
    package let median: [Double]
    package let worst: [Double]
    package let holds: [Bool]
    /// Whether law and detectors held in every run: nothing is known of a client otherwise.
    package let isSound: Bool
    /// Events offered in all runs.
    let events: UInt64

    init(_ step: Int, _ sweep: SeedSweep) {
        self.step = step
        let limits = sweep.limits
        median = limits.map(\.medianPercent)
        worst = limits.map(\.worstPercent)
        holds = limits.map { $0.interval.broken == 0 }
        isSound = sweep.faulty.isEmpty
        events = sweep.events
    }
}
