import PacketCapture
import ReplayEngine
import StatsModel
import StatsPipeline

/// Finds for one client and capture the worst step at which each limit still holds.
struct ToleranceProbe {
    private let capture: CaptureIdentity
    private let question: ToleranceQuestion
    private let client: ClientConfiguration
    private let extent: Nanoseconds
    private let progress: (Int) -> Void
    /// Every step that was run; bisections of different limits share it.
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

    /// The worst step below which `isGood` holds at every step that was run, and from which on it breaks; nil where it does
    /// not even hold without the fault.
    ///
    /// Where what a milder step loses a worse one loses too, this is the one edge there is. A client that sends again may
    /// bear a worse step and break at a milder one; then it is the mildest edge among all steps run so far, so ask again
    /// when more were run. O(log steps) sweeps.
    mutating func worst(where isGood: (ToleranceStep) -> Bool) throws(CaptureError) -> Int? {
        guard isGood(try at(0)) else { return nil }
        // Doubling first: most limits break early, where a run costs little.
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
