/// The runs of all seeds for one client at one step of the fault.
package struct ToleranceStep: Sendable {
    package let step: Int
    /// For each limit in the order of ``ReplayEngine/LossLimits/all``: the median loss and the worst loss over the seeds, in
    /// percent, and whether the limit held in every run.
    package let median: [Double]
    package let worst: [Double]
    package let holds: [Bool]
    /// Whether the law and the detectors held in every run. Otherwise the losses say nothing about the client.
    package let isSound: Bool
    /// The number of events offered in all runs.
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
