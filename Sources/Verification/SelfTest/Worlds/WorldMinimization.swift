import PacketCapture
package import ReplayEngine
import StatsPipeline
package import SystemIO

/// A failing world that was made small: the fewest settings, datagrams, events and faults that still fail for the same reason. It
/// is written to a folder together with the command that repeats it.
package struct WorldMinimization: Sendable {
    package let seed: UInt64
    package let reason: FailureReason
    /// The original world, and its smallest run.
    package let result: Minimization

    /// - Parameter runLimit: the largest number of runs for each of the three searches
    /// - Returns: nil if the world breaks no law and no detector
    package init?(seed: UInt64, mutation: Mutation? = nil, runLimit: Int = 2000) {
        let world = World(seed: seed)
        let trial = WorldTrial(world, mutation: mutation)
        guard let reason = trial.reasons.first else { return nil }
        var search = SettingSearch(
            capture: world.capture, reason: reason, mutation: mutation, runLimit: runLimit, excerpt: world.excerpt,
            scenario: world.scenario, record: trial.record)
        search.reduce()
        var question = MinimizeQuestion(capture: world.capture, scenario: search.scenario)
        question.runLimit = runLimit
        question.mutation = mutation
        var minimizer = Minimizer(question, whole: search.excerpt, search.record, reason) { _ in }
        minimizer.minimize()
        let first = search.runs
        search = SettingSearch(
            capture: world.capture, reason: reason, mutation: mutation, runLimit: runLimit, excerpt: minimizer.best.excerpt,
            scenario: minimizer.best.scenario, record: minimizer.record)
        search.reduce()
        self.seed = seed
        self.reason = reason
        result = Minimization(
            reason: reason, otherReasons: Array(trial.reasons.dropFirst()), whole: trial.record, smallest: search.record,
            excerpt: search.excerpt, runs: first + minimizer.runs + search.runs, isComplete: !minimizer.isCutShort)
    }

    /// Reduces settings by delta debugging.
    private struct SettingSearch {
        let capture: CaptureIdentity
        let reason: FailureReason
        let mutation: Mutation?
        let runLimit: Int
        let excerpt: CaptureExcerpt
        var scenario: Scenario
        var record: RunRecord
        var runs = 0

        mutating func reduce() {
            let whole = scenario
            let settings = whole.settings
            var debugger = DeltaDebugger(count: settings.count)
            while runs < runLimit, let kept = debugger.pollCandidate() {
                guard let candidate = whole.keeping(Set(kept.map { settings[$0] })) else {
                    debugger.handle(fails: false)
                    continue
                }
                runs += 1
                let record = Replay.run(excerpt, of: capture, scenario: candidate, mutation: mutation)
                let isSame = Judgement(record).reasons.contains(reason)
                debugger.handle(fails: isSame)
                if isSame {
                    scenario = candidate
                    self.record = record
                }
            }
        }
    }

    private var name: String { "world-\(seed)" }
    private var needsGoldenFile: Bool { result.scenario.settings.contains(where: \.isBeyondCommands) }
    private var clientPath: String? {
        let client = result.scenario.client
        // A golden file holds the client's configuration itself.
        if needsGoldenFile { return nil }
        if client == .standard || ClientPreset.allCases.contains(where: { $0.configuration == client }) { return nil }
        return "\(name)/client.yaml"
    }

    /// The arguments of the command that repeats the run, without the program's own name. `folder` is the folder that
    /// ``write(to:application:)`` created for this world.
    package func command(in folder: String) -> [String] {
        let place = folder == "." ? name : "\(folder)/\(name)"
        if needsGoldenFile { return ["run", "--golden-folder", place, "--capture-folder", place] }
        var scenario = result.scenario
        if clientPath != nil { scenario.clientOrigin = ClientOrigin(path: "\(place)/client.yaml") }
        return ["run", "\(place)/\(name).pcapng"] + scenario.arguments + ["--golden", "none"]
    }

    /// Writes the world into a folder of its own below `folder`: the capture, a client file if the client is no preset, and a
    /// golden file if no command line can state the scenario. Existing files are overwritten.
    package func write(to folder: String, application: String) throws(SystemError) {
        let place = "\(folder)/\(name)"
        try FileSystem.createFolder(place)
        try result.write(to: "\(place)/\(name).pcapng", application: application)
        if clientPath != nil { try Self.write(ClientFile.text(of: result.scenario.client), to: "\(place)/client.yaml") }
        if needsGoldenFile, let text = try? golden(place).text() { try Self.write(text, to: "\(place)/\(name).yaml") }
    }

    /// The golden file of the smallest run. It names the capture as it was written to the folder.
    private func golden(_ place: String) -> GoldenFile {
        var record = result.smallest
        if let written = try? CaptureIdentity(reading: "\(place)/\(name).pcapng") { record.capture = written }
        return GoldenFile(record, Judgement(record))
    }

    private static func write(_ text: String, to path: String) throws(SystemError) {
        var writer = try FileWriter(path: path, existing: .overwritten)
        try writer.write(Array(text.utf8).span)
    }
}

extension ClientFile {
    /// The text of a client file for this client: the differences from the standard client.
    static func text(of client: ClientConfiguration) -> String {
        let plain = ClientConfiguration.standard
        return ClientDocument.fields.map { ($0, $0.write(client)) }.filter { $0.1 != $0.0.write(plain) }
            .map { "\($0.name): \(flow($1))\n" }.joined()
    }

    /// A value in YAML's flow style, with strings in quotes.
    private static func flow(_ value: DocumentValue) -> String {
        switch value {
        case .text(let text): text.allSatisfy { $0.isLetter || $0.isNumber } ? text : "'\(text)'"
        case .list(let texts): "[\(texts.map { "'\($0)'" }.joined(separator: ", "))]"
        case .table(let entries): "{\(entries.map { "\($0.name): \(flow($0.value))" }.joined(separator: ", "))}"
        }
    }
}
