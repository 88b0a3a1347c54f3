import NetworkEmulator
package import PacketCapture
package import ReplayEngine
import StatsModel
import StatsPipeline
import Synchronization
import SystemIO

/// Breaks one thing after the other on purpose and shows whether verification notices: who watches the watchman.
///
/// For each capture the unbroken run comes first: it must be sound, and what it gives serves as the golden file of all
/// others. A sabotage counts as caught when the law, a detector, or a difference from that golden file names it; one
/// that had no occasion proves nothing, and counts as not caught.
package struct SelfTest: Sendable {
    /// One sabotage over one capture.
    package struct Trial: Sendable {
        /// nil: the run with nothing broken, which must raise no alarm.
        package let sabotage: Sabotage?
        /// What the client does about losses.
        package let client: Sabotage.Client
        package let capture: CaptureIdentity
        /// How often it struck.
        package let deeds: UInt64
        /// What verification said, the law and the detectors first.
        package let alarms: [String]

        /// Whether verification did what it must: raise an alarm where something is broken, none where nothing is.
        package var isRight: Bool { sabotage == nil ? alarms.isEmpty : deeds > 0 && !alarms.isEmpty }
    }

    package let scenario: Scenario
    /// By capture; within it by what the client does about losses (``Sabotage/Client``): the unbroken run, then the sabotages of
    /// it in the order of ``Sabotage``.
    package let trials: [Trial]

    /// Faults enough that every sabotage finds its occasions.
    package static func scenario(seed: UInt64) -> Scenario {
        var scenario = Scenario()
        scenario.seed = seed
        scenario.impairments.loss = Ratio(20, outOf: 100)
        scenario.impairments.corrupt = Ratio(10, outOf: 100)
        scenario.impairments.duplicate = Ratio(10, outOf: 100)
        return scenario
    }

    /// Parity that gives back packets at these losses.
    private static let parity = ParityConfiguration(groupSize: 8, parityCount: 4, interleave: 2)

    /// Runs everything, on all cores.
    ///
    /// Throws ``CaptureError`` when a capture cannot be opened.
    package init(
        captures: [CaptureIdentity], scenario: Scenario, progress: @Sendable (Int) -> Void = { _ in }
    ) throws(CaptureError) {
        self.scenario = scenario
        let plan = captures.flatMap { capture in
            Sabotage.Client.allCases.flatMap { client in
                let sabotages = Sabotage.allCases.filter { $0.client == client }
                return ([nil] + sabotages.map(Optional.some)).map { (capture, client, $0) }
            }
        }
        let results = Mutex<[Int: Result<RunRecord, CaptureError>]>([:])
        ParallelWork.forEach(plan.count) { index in
            let (capture, client, sabotage) = plan[index]
            var scenario = scenario
            switch client {
            case .bare: scenario.client.reliability = nil
            case .repairing: break
            case .covering:
                scenario.client.reliability = nil
                scenario.client.parity = Self.parity
            case .stating:
                scenario.client.reliability?.criticalCapacity = 0
                scenario.client.reliability?.historyCapacity = 0
            }
            let result: Result<RunRecord, CaptureError>
            do throws(CaptureError) {
                result = .success(try Replay.run(capture, scenario: scenario, sabotage: sabotage))
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
        for (index, (capture, client, sabotage)) in plan.enumerated() {
            guard let result = all[index] else { preconditionFailure("every trial has run") }
            let record = try result.get()
            let isIgnoring = sabotage == .ignoreLimits
            let judgement = Judgement(record, ignoringLimits: isIgnoring)
            let expectation = GoldenExpectation(record, judgement)
            if sabotage == nil { sound = expectation }
            let differences = sound.map { GoldenDiff(recorded: $0, actual: expectation).lines } ?? []
            // An ignoring judge strikes once for each limit that is broken.
            let deeds = isIgnoring ? UInt64(Judgement(record).brokenLimits.count) : record.sabotageDeeds
            trials.append(
                Trial(
                    sabotage: sabotage, client: client, capture: capture, deeds: deeds, alarms: judgement.faults + differences))
        }
        self.trials = trials
    }

    package var verdict: Verdict {
        trials.isEmpty ? .unverified : trials.allSatisfy(\.isRight) ? .verified : .failed
    }
}
