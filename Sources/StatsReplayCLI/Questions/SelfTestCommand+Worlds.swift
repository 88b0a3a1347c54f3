import ArgumentParser
import Foundation
import NetworkEmulator
import ReplayEngine
import StatsClient
import StatsModel
import StatsPipeline
import Synchronization
import SystemIO
import Verification

/// Self-tests with random scenarios ("worlds").
extension SelfTestCommand {
    /// Kinds of findings that are minimized.
    private static let minimized = 5

    func run(worlds: Int) throws {
        let terminal = Terminal()
        let progress = Mutex(ProgressLine(terminal: terminal))
        CrashNote.watch()
        let survey = WorldSurvey(count: worlds, seed: seed, misreading: Self.misreading) { done in
            progress.withLock { $0.show("\(done) of \(worlds) worlds") }
        }
        progress.withLock { $0.show("making failing worlds small") }
        let small = try survey.firstOfEachKind.prefix(Self.minimized).compactMap { try minimized($0.seed) }
        progress.withLock { $0.clear() }
        if json {
            try StandardOutput.write(WorldText.json(survey, small: small))
        } else {
            try StandardOutput.print(WorldText(paint: terminal.paint).lines(survey, small: small).joined(separator: "\n"))
        }
        switch survey.verdict {
        case .verified: break
        case .failed: throw CommandFailure(status: .verificationFailed, message: "")
        case .unverified: throw CommandFailure(status: .nothingVerified, message: "")
        }
    }

    /// Minimizes a failing scenario and writes it. Returns nil if the accounting and the detectors are right for this seed.
    private func minimized(_ seed: UInt64) throws -> WorldText.Small? {
        guard let world = WorldMinimization(seed: seed) else { return nil }
        let folder = output ?? "."
        do {
            try world.write(to: folder, application: "statsreplay \(StatsReplayCommand.configuration.version)")
        } catch {
            throw CommandFailure(status: .cannotWrite, message: "\(error)")
        }
        let isConfirmed = try MinimizeCommand.fails(world.command(in: folder), for: world.reason)
        return WorldText.Small(world, folder: folder, isConfirmed: isConfirmed)
    }

    /// The error in a scenario's command line, parsed as if typed; nil if it gives the same scenario. Settings that no command
    /// line can state are those of the standard scenario, and a client that is no preset counts as the standard client.
    static func misreading(_ scenario: Scenario) -> String? {
        let plain = Scenario()
        var stated = scenario
        stated.sender = plain.sender
        stated.receiver = plain.receiver
        stated.impairments.reorderGap = plain.impairments.reorderGap
        stated.impairments.reorderHold = plain.impairments.reorderHold
        stated.impairments.maximumInFlight = plain.impairments.maximumInFlight
        if !ClientPreset.allCases.contains(where: { $0.configuration == stated.client }) { stated.client = plain.client }
        let words = stated.arguments
        do {
            let read = try RunCommand.parse(["capture.pcapng"] + words).request(environment: [:]).scenario
            return read == stated ? nil : "\(words.map(ShellWord.quoted).joined(separator: " ")) reads back as another scenario"
        } catch {
            return "\(words.map(ShellWord.quoted).joined(separator: " ")) cannot be read: \(RunCommand.message(for: error))"
        }
    }
}
