import Foundation
import PacketCapture
package import ReplayEngine
import StatsModel
import Synchronization
import SystemIO

/// Many random worlds, run and judged: the worlds that show a fault of the program, and the number of worlds in which each fact
/// occurred.
package struct WorldSurvey: Sendable {
    /// A world that shows a fault of the program.
    package struct Finding: Sendable {
        package let seed: UInt64
        let reasons: [FailureReason]
        /// Faults as sentences, the most serious first.
        package let faults: [String]

        /// Findings of the same kind are reported together.
        var kind: String { reasons.first?.description ?? String(faults.first?.prefix { $0 != ":" } ?? "") }
    }

    /// A survey with fewer worlds than this may miss facts.
    static let fullCount = 300

    package let firstSeed: UInt64
    package let count: Int
    /// Findings in the order of their seeds.
    package let findings: [Finding]
    /// Events offered and data packets sent, over all worlds.
    let events: UInt64
    let packets: UInt64
    /// The number of worlds in which each of ``WorldFact/all`` occurred.
    let occurrences: [Int]

    /// Runs the worlds of the seeds from `seed` on, on all cores. The result does not depend on which thread runs which world.
    ///
    /// - Parameters:
    ///   - mutation: the fault to make on purpose
    ///   - misreading: parses a scenario's command line as if it were typed; returns the difference, or nil if there is none
    ///   - progress: called after each world, from any thread, with the number of finished worlds
    package init(
        count: Int, seed: UInt64 = 1, mutation: Mutation? = nil, misreading: @Sendable (Scenario) -> String? = { _ in nil },
        progress: @Sendable (Int) -> Void = { _ in }
    ) {
        let accounting = Mutex(Accounting())
        ParallelWork.forEach(count) { index in
            let seed = seed &+ UInt64(index)
            CrashNote.set("statsreplay: world \(seed) crashed; `statsreplay selftest --worlds 1 --seed \(seed)` repeats it\n")
            let world = World(seed: seed)
            let trial = WorldTrial(world, mutation: mutation, misreading: misreading)
            let occurred = trial.occurred(in: world)
            CrashNote.clear()
            progress(accounting.withLock { $0.add(trial, occurred) })
        }
        let sums = accounting.withLock { $0 }
        firstSeed = seed
        self.count = count
        // Until here findings are in the order in which worlds finished.
        findings = sums.findings.sorted { $0.seed &- seed < $1.seed &- seed }
        events = sums.events
        packets = sums.packets
        occurrences = sums.occurrences
    }

    private struct Accounting {
        var done = 0
        var findings: [Finding] = []
        var events: UInt64 = 0
        var packets: UInt64 = 0
        var occurrences = Array(repeating: 0, count: WorldFact.all.count)

        mutating func add(_ trial: WorldTrial, _ occurred: [Int]) -> Int {
            done += 1
            events += trial.record.ledger.offered.counts.total
            packets += trial.record.packets.sent
            for fact in occurred { occurrences[fact] += 1 }
            if !trial.faults.isEmpty {
                findings.append(Finding(seed: trial.seed, reasons: trial.reasons, faults: trial.faults))
            }
            return done
        }
    }

    /// Facts that never occurred. Empty if there are too few worlds to expect all facts.
    package var missing: [String] {
        guard count >= Self.fullCount else { return [] }
        return WorldFact.all.indices.filter { occurrences[$0] == 0 }.map { "\(WorldFact.all[$0].group.rawValue) \(WorldFact.all[$0].name)" }
    }

    /// The first world of each kind of finding: the worlds worth minimizing.
    package var firstOfEachKind: [Finding] {
        var seen: Set<String> = []
        return findings.filter { seen.insert($0.kind).inserted }
    }

    package var verdict: Verdict {
        if !findings.isEmpty || !missing.isEmpty { return .failed }
        return events == 0 ? .unverified : .verified
    }
}
