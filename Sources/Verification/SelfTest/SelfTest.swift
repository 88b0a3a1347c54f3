import NetworkEmulator
package import PacketCapture
package import ReplayEngine
import StatsModel
import StatsPipeline
import Synchronization
import SystemIO

/// Makes one fault after the other in the program on purpose (``Mutation``), and checks that verification detects each of them.
///
/// For each capture the run without a mutation comes first. It must be sound, and its result serves as the golden file for the
/// other runs. A mutation is caught if the law, a detector, or a difference from that golden file reports it. A mutation without
/// an occasion proves nothing, and counts as not caught.
package struct SelfTest: Sendable {
    /// One mutation over one capture.
    package struct Trial: Sendable {
        /// The mutation. nil for the run without one, which must raise no alarm.
        package let mutation: Mutation?
        /// The client's mitigation of losses.
        package let client: Mutation.Client
        package let capture: CaptureIdentity
        /// The number of mutations applied.
        package let mutationsApplied: UInt64
        /// The alarms that verification raised, those of the law and the detectors first.
        package let alarms: [String]

        /// Whether verification was right: at least one alarm if a mutation was applied, and no alarm without a mutation.
        package var isRight: Bool { mutation == nil ? alarms.isEmpty : mutationsApplied > 0 && !alarms.isEmpty }
    }

    package let scenario: Scenario
    /// Trials by capture and then by the client's mitigation (``Mutation/Client``): first the run without a mutation, then the
    /// mutations in the order of ``Mutation``.
    package let trials: [Trial]

    /// A scenario with enough faults that every mutation finds an occasion.
    package static func scenario(seed: UInt64) -> Scenario {
        var scenario = Scenario()
        scenario.seed = seed
        scenario.impairments.loss = Ratio(20, outOf: 100)
        scenario.impairments.corrupt = Ratio(10, outOf: 100)
        scenario.impairments.duplicate = Ratio(10, outOf: 100)
        return scenario
    }

    /// Parity that recovers packets at these losses.
    private static let parity = ParityConfiguration(groupSize: 8, parityCount: 4, interleave: 2)

    /// Runs everything, on all cores.
    ///
    /// Throws ``CaptureError`` if a capture cannot be opened.
    package init(
        captures: [CaptureIdentity], scenario: Scenario, progress: @Sendable (Int) -> Void = { _ in }
    ) throws(CaptureError) {
        self.scenario = scenario
        let plan = captures.flatMap { capture in
            Mutation.Client.allCases.flatMap { client in
                let mutations = Mutation.allCases.filter { $0.client == client }
                return ([nil] + mutations.map(Optional.some)).map { (capture, client, $0) }
            }
        }
        let results = Mutex<[Int: Result<RunRecord, CaptureError>]>([:])
        ParallelWork.forEach(plan.count) { index in
            let (capture, client, mutation) = plan[index]
            var scenario = scenario
            switch client {
            case .bare: scenario.client.reliability = nil
            case .repairing: break
            case .parity:
                scenario.client.reliability = nil
                scenario.client.parity = Self.parity
            case .runningTotals:
                scenario.client.reliability?.criticalCapacity = 0
                scenario.client.reliability?.historyCapacity = 0
            }
            let result: Result<RunRecord, CaptureError>
            do throws(CaptureError) {
                result = .success(try Replay.run(capture, scenario: scenario, mutation: mutation))
            } catch {
                result = .failure(error)
            }
            progress(results.withLock { results in
                results[index] = result
                return results.count
            })
        }
        let all = results.withLock { $0 }
        var trials: [Trial] = []
        var sound: GoldenExpectation?
        for (index, (capture, client, mutation)) in plan.enumerated() {
            guard let result = all[index] else { preconditionFailure("every trial has run") }
            let record = try result.get()
            let isIgnoring = mutation == .ignoreLimits
            let judgement = Judgement(record, ignoringLimits: isIgnoring)
            let expectation = GoldenExpectation(RunFacts(record, judgement))
            if mutation == nil { sound = expectation }
            let differences = sound.map { GoldenDiff(recorded: $0, actual: expectation).lines } ?? []
            // A judge that ignores limits counts one mutation for each broken limit.
            let mutationsApplied = isIgnoring ? UInt64(Judgement(record).brokenLimits.count) : record.mutationsApplied
            trials.append(
                Trial(
                    mutation: mutation, client: client, capture: capture, mutationsApplied: mutationsApplied, alarms: judgement.faults + differences))
        }
        self.trials = trials
    }

    package var verdict: Verdict {
        trials.isEmpty ? .unverified : trials.allSatisfy(\.isRight) ? .verified : .failed
    }
}
