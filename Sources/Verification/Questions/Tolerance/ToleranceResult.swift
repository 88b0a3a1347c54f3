package import PacketCapture
package import ReplayEngine
import StatsModel

/// The amount of one fault that each client tolerates with one capture, and the growth of its losses with the fault.
package struct ToleranceResult: Sendable {
    /// One client's answer.
    package struct Answer: Sendable {
        package let client: String
        /// The worst step at which every limit holds in every run. nil if they do not hold even without the fault.
        package var all: Int? {
            let offered = zip(byLimit, isOffered).filter { $0.1 }.map { $0.0 }
            return offered.contains { $0 == nil } ? nil : offered.compactMap { $0 }.min()
        }
        /// The worst step for each of ``ToleranceResult/limits`` by itself. nil if the limit never holds, or if the capture
        /// offers none of its events.
        package internal(set) var byLimit: [Int?]
        /// See ``ToleranceResult/isOffered``.
        let isOffered: [Bool]
        /// The curve: evenly spaced steps from zero on, the same steps for all clients.
        package internal(set) var curve: [ToleranceStep]
    }

    package let capture: CaptureIdentity
    package let question: ToleranceQuestion
    /// The classes, and then the patterns of the question's scenario.
    package var limits: [LossLimit] { question.scenario.lossLimits.all }
    /// Whether the capture offers events of each limit, in the order of ``limits``.
    package let isOffered: [Bool]
    package let answers: [Answer]
    /// The decision that the user has to make before this capture can be verified, if there is one
    /// (``RunVerification/undecided(_:)``).
    package let undecided: String?

    /// Finds the answer for every client, on all cores. The result does not depend on which core makes which run.
    ///
    /// - Parameter progress: called with the client's name and the number of steps that were run for it
    /// - Throws: ``CaptureError`` if the capture cannot be read to its end, since a part of it would answer another question
    package init(
        _ capture: CaptureIdentity, _ question: ToleranceQuestion, progress: @escaping (String, Int) -> Void = { _, _ in }
    ) throws(CaptureError) {
        self.capture = capture
        self.question = question
        let limits = question.scenario.lossLimits.all
        var isOffered = limits.map { _ in false }
        var answers: [Answer] = []
        var probes: [ToleranceProbe] = []
        var undecided: String?
        let extent = try Self.extent(of: capture, question)
        for (name, configuration) in question.clients {
            var probe = ToleranceProbe(capture, question, configuration, extent: extent) { progress(name, $0) }
            let plain = try SeedSweep(
                capture, scenario: question.scenario(configuration, step: 0), seeds: SeedRange(1...1))
            undecided = undecided ?? plain.undecided
            for (index, limit) in plain.limits.enumerated() where limit.offered > 0 { isOffered[index] = true }
            var answer = Answer(
                client: name, byLimit: Array(repeating: nil, count: limits.count), isOffered: isOffered, curve: [])
            try answer.ask(&probe)
            answers.append(answer)
            probes.append(probe)
        }
        let steps = Self.steps(answers, question)
        for index in answers.indices {
            var probe = probes[index]
            for step in steps { answers[index].curve.append(try probe.at(step)) }
            // A step of the curve may break a limit that held at a worse step during bisection.
            try answers[index].ask(&probe)
        }
        self.isOffered = isOffered
        self.answers = answers
        self.undecided = undecided
    }

    /// The duration of the first client's run without the fault. The places of bursts and outages are drawn within it, so that
    /// they are the same for all clients.
    private static func extent(of capture: CaptureIdentity, _ question: ToleranceQuestion) throws(CaptureError) -> Nanoseconds {
        guard question.fault.isPlaced, let client = question.clients.first else { return .zero }
        let record = try Replay.run(capture, scenario: question.scenario(client.configuration, step: 0))
        return record.client.end - .start
    }

    /// Evenly spaced steps from zero to slightly beyond the step where the last limit of any client breaks.
    private static func steps(_ answers: [Answer], _ question: ToleranceQuestion) -> [Int] {
        let worst = question.fault.worst
        let found = answers.flatMap { $0.byLimit.compactMap { $0 } }
        let furthest = found.filter { $0 < worst }.max() ?? (found.isEmpty ? 0 : worst)
        let end = min(worst, max(question.points, furthest + furthest / 2))
        var steps: [Int] = []
        for point in 0...question.points { steps.append(end * point / question.points) }
        return steps
    }

    /// Verified if every limit of every client holds at least without the fault. Unverified if no event was offered, or if the
    /// user has to decide about possible duplicates.
    package var verdict: Verdict {
        if !isOffered.contains(true) { return .unverified }
        guard answers.allSatisfy({ $0.all != nil }) else { return .failed }
        return undecided == nil ? .verified : .unverified
    }
}

extension ToleranceResult.Answer {
    /// Finds the edge of each limit, and runs further steps if necessary. A step that was run for one limit may break another
    /// limit below its edge, so the search repeats until no edge changes. It ends, since each repetition lowers an edge.
    fileprivate mutating func ask(_ probe: inout ToleranceProbe) throws(CaptureError) {
        var before: [Int?]
        repeat {
            before = byLimit
            for index in byLimit.indices where isOffered[index] {
                byLimit[index] = try probe.worst { $0.isSound && $0.holds[index] }
            }
        } while byLimit != before
    }
}
