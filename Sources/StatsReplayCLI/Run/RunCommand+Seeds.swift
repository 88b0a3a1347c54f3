import ArgumentParser
import Foundation
import ReplayEngine
import StatsModel
import Synchronization
import Verification

/// `run --seeds`: the same run with many seeds.
extension RunCommand {
    /// The range of seeds; nil for a single run.
    func seedRange() throws -> SeedRange? {
        guard let seeds else { return nil }
        if seed != nil { throw ValidationError("--seeds excludes --seed: a run has one or many.") }
        if update { throw ValidationError("--seeds excludes --update: a golden file holds one run.") }
        if golden != nil { throw ValidationError("--seeds excludes --golden: many seeds are held against the limits alone.") }
        if checkDeterminism {
            throw ValidationError("--seeds excludes --check-determinism: check one run of them, with --seed.")
        }
        do {
            return try SeedRange(parsing: seeds)
        } catch {
            throw ValidationError("--seeds: \(error).")
        }
    }

    func sweep(_ request: RunRequest, seeds: SeedRange) throws {
        let terminal = Terminal()
        let progress = Mutex(ProgressLine(terminal: terminal))
        let suite: SweepSuite
        do {
            let scenarios = try client.map {
                try Scenario(network: network, rate: rate, limits: limits, reading: reading, port: port, dialect: dialect, client: $0, seed: seed)
            }
            suite = try SweepSuite(request, scenarios: scenarios, seeds: seeds) { name, done in
                // All threads report, but only one line is shown.
                progress.withLock { $0.show("\(name): \(done) of \(seeds.count) runs") }
            }
        } catch let error as RunSuite.Failure {
            throw Self.failure(error)
        }
        progress.withLock { $0.clear() }
        if json {
            try StandardOutput.write(SweepReport(suite).json())
        } else {
            try StandardOutput.print(SweepText(paint: terminal.paint).lines(suite).joined(separator: "\n"))
        }
        try finish(suite)
    }

    private func finish(_ suite: SweepSuite) throws {
        if let error = suite.unreadable.first {
            throw CommandFailure(status: InspectCommand.status(error), message: "\(error)")
        }
        if let error = suite.sweeps.compactMap(\.sourceError).first {
            throw CommandFailure(status: .dataUnusable, message: "\(error). What stood before it was replayed")
        }
        try Self.refuse(suite.unmatchedLimits)
        switch suite.verdict {
        case .verified: break
        case .failed: throw CommandFailure(status: .verificationFailed, message: "")
        case .unverified: throw CommandFailure(status: .nothingVerified, message: "")
        }
    }
}
