import ArgumentParser
import Foundation
import PacketCapture
import ReplayEngine
import StatsClient
import StatsPipeline
import SystemIO
import Verification

/// `minimize`: reduces a failing run to a small capture and few options.
struct MinimizeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "minimize",
        abstract: "Makes a failing run small: the fewest events and faults with which it still fails for the same reason.",
        discussion: """
            Runs the capture once. If the run fails, datagrams, events and faults are left out as long as it fails for the \
            same reason; random faults become packet numbers (--drop, --only). What is left is written as a capture, with \
            the command that repeats it, which was run to see that it does.

            The reason is the weightiest of the run's, or --reason: law, packets, codec, gaps, checksums, records, \
            duplicates or limit, and more precisely law:counter, gaps:missed, gaps:false, limit:timing and so on. A \
            golden file names its capture and scenario; limits that it expects to break are failures here.

            Examples:
              statsreplay minimize my.pcapng --loss 5%
              statsreplay minimize my.pcapng --topspeed --reason limit:critical --output burst.pcapng
              statsreplay minimize my.pcapng --loss 5% --limit 'checkout.*=0%' --reason 'limit:checkout.*'
              statsreplay minimize golden/gunicorn-loss-3.yaml

            Exit codes: 0 a smallest failing run was written; 1 the command does not repeat it; 2 the run does not fail, \
            or not for this reason; 64 usage, or a limit whose pattern matches no metric; 65 the capture, a golden or client file cannot be used; 66 no such file; \
            73 the result cannot be written; 77 no permission to read.
            """)

    @Argument(help: ArgumentHelp("The capture file, pcap or pcapng, or a golden file.", valueName: "capture"))
    var capture: String

    @OptionGroup(title: "Network") var network: NetworkOptions
    @OptionGroup(title: "Rate") var rate: RateOptions
    @OptionGroup(title: "Limits") var limits: LimitOptions
    @OptionGroup(title: "Reading") var reading: ReadingOptions

    @Option(help: "Destination ports to replay: 8125, 8125,9125 or 8000-8999; repeatable. (default: 8125)")
    var port: [String] = []

    @OptionGroup var dialect: DialectOption

    @Option(
        help: ArgumentHelp(
            "The client: \(ClientPreset.allCases.map(\.name).joined(separator: ", ")), or a YAML file. (default: standard)",
            valueName: "preset|file"))
    var client: String?

    @Option(help: "Seed of every random decision. (default: 1)")
    var seed: UInt64?

    @Option(help: ArgumentHelp("The failure to keep, such as limit:timing or gaps. (default: the weightiest)", valueName: "reason"))
    var reason: String?

    @Option(help: ArgumentHelp("Runs at most; then what was reached is written.", valueName: "number"))
    var runs = 2000

    @Option(name: [.short, .long], help: ArgumentHelp("Where the capture goes. (default: NAME.min.pcapng, here)", valueName: "file"))
    var output: String?

    @Flag(help: "Print one JSON object.")
    var json = false

    @Option(help: ArgumentHelp("Folder of captures, for a golden file.", valueName: "folder"))
    var captureFolder: String?

    /// Reports wrong usage. Problems with a file's content are reported when the command runs.
    func validate() throws {
        if capture == "-" {
            throw ValidationError("minimize reads the capture's name, so it cannot come from standard input. Store it in a file.")
        }
        if runs < 1 { throw ValidationError("--runs: \(runs) is less than 1.") }
        // The patterns of a golden file are known when it is read.
        if !isGolden || reason?.hasPrefix("limit:") != true {
            do {
                if let sentence = wrongReason(patterns: try limits.lossLimits().patterns.map(\.pattern)) { throw ValidationError(sentence) }
            } catch let error as OptionError {
                throw ValidationError("\(error)")
            }
        }
        if isGolden {
            guard !network.isGiven, !rate.isGiven, !limits.isGiven, !reading.isGiven, port.isEmpty, dialect.dialect == nil, client == nil, seed == nil else {
                throw ValidationError("A golden file holds the whole scenario: leave the other options out.")
            }
        } else {
            do { _ = try scenario() } catch is CommandFailure {}
        }
    }

    /// The error in `--reason` for a scenario with limits for these patterns. nil if there is none.
    private func wrongReason(patterns: [MetricPattern]) -> String? {
        let all = FailureReason.all(patterns: patterns)
        guard let reason, !all.contains(where: { $0.isMeant(by: reason) }) else { return nil }
        let words = all.map { String($0.description.prefix { $0 != ":" }) }
        let names = words.indices.filter { words.firstIndex(of: words[$0]) == $0 }.map { words[$0] }
        return "--reason: '\(reason)' is none of \(names.joined(separator: ", ")), or one of these with its part, such as limit:timing."
    }

    private var isGolden: Bool { capture.hasSuffix(".yaml") || capture.hasSuffix(".yml") }

    private func scenario() throws -> Scenario {
        try Scenario(network: network, rate: rate, limits: limits, reading: reading, port: port, dialect: dialect, client: client, seed: seed)
    }

    func run() throws {
        let terminal = Terminal()
        let question = try question()
        let path = output ?? Self.standardOutput(of: question.capture.name)
        if Self.isSameFile(path, question.capture.path) { throw CommandFailure(status: .usage, message: "--output: \(path) is the capture itself") }
        let result = try answer(question, terminal: terminal)
        do {
            try result.write(to: path, application: "statsreplay \(StatsReplayCommand.configuration.version)")
        } catch {
            throw CommandFailure(status: .cannotWrite, message: "\(error)")
        }
        let isConfirmed = try Self.fails(result.command(path), for: result.reason)
        if json {
            try StandardOutput.write(MinimizeReport(result, path: path, isConfirmed: isConfirmed).json())
        } else {
            try StandardOutput.print(MinimizeText(paint: terminal.paint).lines(result, path: path, isConfirmed: isConfirmed).joined(separator: "\n"))
        }
        if !isConfirmed { throw CommandFailure(status: .verificationFailed, message: "") }
    }

    /// Whether two paths lead to the same file, after resolving relative parts and links.
    private static func isSameFile(_ a: String, _ b: String) -> Bool {
        let paths = [a, b].map { URL(fileURLWithPath: $0).resolvingSymlinksInPath().standardizedFileURL.path }
        return paths[0] == paths[1]
    }

    /// `gunicorn.min.pcapng` in the current folder. Beside the capture it would become one of the project's captures.
    static func standardOutput(of name: String) -> String {
        let stem = name.lastIndex(of: ".").map { name[..<$0] } ?? name[...]
        return "\(stem).min.pcapng"
    }

    /// The capture and scenario that the arguments describe.
    private func question() throws -> MinimizeQuestion {
        do {
            var path = capture
            var scenario = Scenario()
            if isGolden {
                guard FileManager.default.fileExists(atPath: capture) else {
                    throw CommandFailure(status: .inputMissing, message: "\(capture): no such file")
                }
                let golden = try GoldenReference(reading: capture)
                let folder = captureFolder ?? "\(RunCommand.homePrefix(ProcessInfo.processInfo.environment))captures"
                path = "\(folder)/\(golden.capture)"
                scenario = golden.scenario
                if let sentence = wrongReason(patterns: scenario.lossLimits.patterns.map(\.pattern)) {
                    throw CommandFailure(status: .usage, message: sentence)
                }
            } else {
                scenario = try self.scenario()
            }
            var question = MinimizeQuestion(capture: try CaptureIdentity(reading: path), scenario: scenario)
            question.reason = reason
            question.runLimit = runs
            return question
        } catch let error as CaptureError {
            throw CommandFailure(status: InspectCommand.status(error), message: "\(error)")
        } catch let error as GoldenError {
            throw CommandFailure(status: .dataUnusable, message: "\(error)")
        }
    }

    private func answer(_ question: MinimizeQuestion, terminal: Terminal) throws -> Minimization {
        var progress = ProgressLine(terminal: terminal)
        let answer: MinimizeAnswer
        do {
            answer = try MinimizeAnswer(question) { runs, datagrams, faults in
                progress.show("\(question.capture.name): \(runs) of at most \(question.runLimit) runs; \(datagrams) datagrams, \(faults) faults left")
            }
        } catch {
            progress.clear()
            throw CommandFailure(status: InspectCommand.status(error), message: "\(error)")
        }
        progress.clear()
        switch answer {
        case .found(let result): return result
        case .holds(let record): throw nothing(record, [])
        case .otherReasons(let record, let reasons): throw nothing(record, reasons)
        case .unmatchedLimits(let sentences):
            throw CommandFailure(status: .usage, message: sentences.joined(separator: "\n"))
        }
    }

    private func nothing(_ record: RunRecord, _ reasons: [FailureReason]) -> CommandFailure {
        let beside = isGolden && reasons.isEmpty ? "; where it differs from \(capture), the whole capture differs, and no part of it can be compared" : ""
        return CommandFailure(
            status: .nothingVerified, message: MinimizeText.nothing(record, reasons: reasons, wanted: reason) + beside)
    }

    /// Whether this exact command, parsed as if typed, fails for this reason.
    static func fails(_ words: [String], for reason: FailureReason) throws -> Bool {
        var request = try RunCommand.parse(Array(words.dropFirst())).request()
        request.mayWrite = false
        let result: SuiteResult
        do { result = try RunSuite.run(request) } catch { throw RunCommand.failure(error) }
        guard let run = result.runs.first else { return false }
        return run.verdict == .failed && run.judgement.reasons.contains(reason)
    }
}
