import PacketCapture
import ReplayEngine
import StatsModel
import StatsPipeline

/// Finds the worst step of a fault at which each limit still holds, for one client and one capture.
struct ToleranceProbe {
    private let capture: CaptureIdentity
    private let question: ToleranceQuestion
    private let client: ClientConfiguration
    private let extent: Nanoseconds
    private let progress: (Int) -> Void
    /// All steps that were run. The bisections for different limits share them.
    private var known: [Int: ToleranceStep] = [:]

    init(
        _ capture: CaptureIdentity, _ question: ToleranceQuestion, _ client: ClientConfiguration,
        extent: Nanoseconds, progress: @escaping (Int) -> Void
    ) {
        self.capture = capture
        self.question = question
        self.client = client
        self.extent = extent
        self.progress = progress
    }

    mutating func at(_ step: Int) throws(CaptureError) -> ToleranceStep {
        if let found = known[step] { return found }
        let sweep = try SeedSweep(
            capture, scenario: question.scenario(client, step: step), seeds: question.seeds,
            place: { [fault = question.fault, extent] in fault.place(step, in: &$0, extent: extent) })
        if let error = sweep.sourceError { throw error }
        let result = ToleranceStep(step, sweep)
        known[step] = result
        progress(known.count)
        return result
    }

    /// The worst step before the first break: `isGood` holds at every step that was run up to it, and fails at the next one. nil
    /// if it fails even without the fault.
    ///
    /// If every loss at a milder step is also a loss at a worse step, there is only one such edge. A client with retransmission
    /// may survive a worse step and fail at a milder one. Then the result is the mildest edge among the steps that were run so
    /// far, and asking again after further steps can lower it. O(log steps) sweeps.
    mutating func worst(where isGood: (ToleranceStep) -> Bool) throws(CaptureError) -> Int? {
        guard isGood(try at(0)) else { return nil }
        // Doubling comes first, since most limits break at small steps, where runs are cheap.
        var step = 1
        while isGood(try at(min(step, question.fault.worst))), step < question.fault.worst { step *= 2 }
        guard var bad = known.values.filter({ !isGood($0) }).map(\.step).min() else { return question.fault.worst }
        var good = known.keys.filter { $0 < bad }.max() ?? 0
        while bad - good > 1 {
            let middle = good + (bad - good) / 2
            if isGood(try at(middle)) { good = middle } else { bad = middle }
        }
        return good
    }
}
