import ArgumentParser
import Foundation
import PacketCapture
import ReplayEngine
import StatsClient
import StatsModel
import StatsPipeline
import StatsWire
import SystemIO
import Verification

/// `run`: replays captures and verifies the results.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Replays captures through the client over a failing network, and verifies where every event went.",
        discussion: """
            Without arguments it runs exactly what the golden files say. With impairments and no capture it runs every \
            shipped capture with them. Everything happens in virtual time and is deterministic.

            Examples:
              statsreplay run
              statsreplay run --loss 3%
              statsreplay run my.pcapng --loss gemodel:1%,20% --bandwidth 10mbit
              statsreplay run my.pcapng --fail refuse@2s+500ms/10s
              statsreplay run my.pcapng --profile wifi
              statsreplay run my.pcapng --loss 5% --reorder 2% --delay 20ms --seed 7 --json
              statsreplay run my.pcapng --loss 3% --update      (records the golden file)
              statsreplay run --loss 3% --seeds 1..200          (how often does each limit break?)
              statsreplay run --client reliable --loss 3%
              statsreplay run my.pcapng --loss 3% --limit timing=2% --limit 'checkout.*=0%'
              statsreplay run my.pcapng --dialect datadog       (x:-5|g is a level, whoever sends it)
              statsreplay run <(zcat my.pcap.gz)                (a pipe is read once, up to 1 GiB; it has no golden file)
              statsreplay run any.pcapng --duplicates merge     (somebody decided: what came twice was sent once)
              statsreplay run my.pcapng --client my.yaml        (preset: reliable, and what differs)

            Exit codes: 0 verified; 1 verification failed; 2 nothing was verified (no events, no golden file where one \
            is required, or datagrams that may have been captured twice: --duplicates); 64 usage, or a limit whose pattern matches no metric of any run; 65 a capture cannot be read to its end, or a client file not be used; 66 no such file; 73 a golden file cannot be \
            written; 77 no permission to read.
            """)

    @Argument(help: ArgumentHelp("Capture files, pcap or pcapng; '-' is standard input. Default: every capture of the captures folder.", valueName: "capture"))
    var captures: [String] = []

    @OptionGroup(title: "Network") var network: NetworkOptions
    @OptionGroup(title: "Rate") var rate: RateOptions
    @OptionGroup(title: "Limits") var limits: LimitOptions
    @OptionGroup(title: "Reading") var reading: ReadingOptions

    @Option(help: "Destination ports to replay: 8125, 8125,9125 or 8000-8999; repeatable. (default: 8125)")
    var port: [String] = []

    @OptionGroup var dialect: DialectOption

    @Option(
        help: ArgumentHelp(
            "The client: \(ClientChoice.presets), or a YAML file; with --seeds repeatable, to be compared in one table. (default: standard)",
            valueName: "preset|file"))
    var client: [String] = []

    @Option(help: "Seed of every random decision. (default: 1)")
    var seed: UInt64?

    @Option(
        help: ArgumentHelp(
            "Run each capture with all of these seeds, such as 1..200, on all cores, and tell how often each limit breaks.",
            valueName: "range"))
    var seeds: String?

    @Flag(help: "Make each run twice and compare what both gave.")
    var checkDeterminism = false

    @Option(help: "Whether a golden file must exist: required, optional or none. (default: required in CI, else optional)")
    var golden: String?

    @Flag(help: "Record the results as golden files. Never in CI.")
    var update = false

    @Flag(help: "Print one JSON object.")
    var json = false

    @Option(help: ArgumentHelp("Folder of captures.", valueName: "folder"))
    var captureFolder: String?

    @Option(help: ArgumentHelp("Folder of golden files.", valueName: "folder"))
    var goldenFolder: String?

    /// Reports wrong usage with this command's usage. Problems with a file's content are reported when the command runs.
    func validate() throws {
        do { _ = try request() } catch is CommandFailure {}
        _ = try seedRange()
    }

    func run() throws {
        let request = try request()
        if let seeds = try seedRange() { return try sweep(request, seeds: seeds) }
        let terminal = Terminal()
        var progress = ProgressLine(terminal: terminal)
        let result: SuiteResult
        do {
            result = try RunSuite.run(request) { name, done in
                progress.show("\(name): \(done.datagrams) datagrams, \(done.events) events")
            }
        } catch {
            progress.clear()
            throw Self.failure(error)
        }
        progress.clear()
        try report(result, terminal: terminal)
        try finish(result)
    }

    private func report(_ result: SuiteResult, terminal: Terminal) throws {
        let report = SuiteReport(result, seed: seed)
        if json { return try StandardOutput.write(RunJSON(report).json()) }
        try StandardOutput.print(RunText(paint: terminal.paint).lines(report).joined(separator: "\n"))
    }

    /// A limit that matches nothing is a mistake in the command, or in the golden file that holds it.
    static func refuse(_ unmatchedLimits: [String]) throws {
        guard let first = unmatchedLimits.first else { return }
        throw CommandFailure(status: .usage, message: first)
    }

    private func finish(_ result: SuiteResult) throws {
        if let error = result.unreadable.first {
            throw CommandFailure(status: InspectCommand.status(error), message: "\(error)")
        }
        try Self.refuse(result.unmatchedLimits)
        if let error = result.unwritten.first { throw CommandFailure(status: .cannotWrite, message: "\(error)") }
        if let broken = result.runs.first(where: { $0.record.sourceError != nil }), let error = broken.record.sourceError {
            throw CommandFailure(status: .dataUnusable, message: "\(error). What stood before it was replayed")
        }
        switch result.verdict {
        case .verified: break
        case .failed: throw CommandFailure(status: .verificationFailed, message: "")
        case .unverified: throw CommandFailure(status: .nothingVerified, message: "")
        }
    }

    /// The request that these options describe. Only `--seeds` accepts several clients; the request holds the first of them.
    func request(environment: [String: String] = ProcessInfo.processInfo.environment) throws -> RunRequest {
        if client.count > 1, seeds == nil {
            throw ValidationError("--client: one client for a run; several are compared over --seeds, such as --seeds 1..200.")
        }
        // Checked before the environment's restrictions, because this is wrong in every environment.
        if update, golden == GoldenMode.none.rawValue {
            throw ValidationError("--update and --golden none exclude each other.")
        }
        let isCI = Self.isCI(environment)
        if update, isCI {
            throw ValidationError("--update: golden files are never written in CI. Record them elsewhere and commit them.")
        }
        if update, let pipe = captures.first(where: { $0 == "-" || FileKind(path: $0) == .pipe }) {
            throw ValidationError(
                "--update: a golden file names its capture, and \(pipe == "-" ? "standard input" : pipe) is a pipe. Store the capture in a file.")
        }
        var request = RunRequest()
        request.captures = captures
        request.update = update
        request.mayWrite = !isCI
        request.mode = isCI ? .required : .optional
        if let golden {
            guard let mode = GoldenMode(rawValue: golden) else {
                throw ValidationError("--golden: '\(golden)' is none of required, optional, none.")
            }
            request.mode = mode
        }
        request.checkDeterminism = checkDeterminism
        let home = Self.homePrefix(environment)
        request.capturesFolder = captureFolder ?? "\(home)captures"
        request.goldenFolder = goldenFolder ?? "\(home)golden"
        let scenario = try Scenario(
            network: network, rate: rate, limits: limits, reading: reading, port: port, dialect: dialect, client: client.first, seed: seed)
        if !captures.isEmpty || scenario != Scenario() || network.isGiven || rate.isGiven || limits.isGiven || reading.isGiven || seed != nil
            || !port.isEmpty || dialect.dialect != nil || !client.isEmpty
        {
            request.scenario = scenario
        }
        return request
    }

    /// Sets the client of that name, or of that file.
    static func choose(_ client: String, in scenario: inout Scenario) throws {
        let choice = try ClientChoice(client)
        scenario.client = choice.configuration
        if choice.preset != nil { return }
        guard scenario.client.format == .sequenced else {
            throw CommandFailure(
                status: .dataUnusable,
                message: "--client: \(client): format is \(scenario.client.format.rawValue); a run verifies packets by their "
                    + "numbers, which text does not have, so that its clients are sequenced")
        }
        scenario.clientOrigin = ClientOrigin(path: client)
    }

    static func isCI(_ environment: [String: String]) -> Bool {
        guard let value = environment["CI"]?.lowercased() else { return false }
        return !["", "0", "false", "no"].contains(value)
    }

    /// The project's folder as a path prefix; empty if it is the current folder.
    static func homePrefix(_ environment: [String: String]) -> String {
        guard let home = environment["STATSREPLAY_HOME"], !home.isEmpty else { return "" }
        let path = relative(home)
        return path == "." ? "" : path + "/"
    }

    /// A path relative to the current folder, if it lies below it. Reports then have short paths without the machine's folders.
    static func relative(_ path: String) -> String {
        let here = FileManager.default.currentDirectoryPath
        if path == here { return "." }
        return path.hasPrefix(here + "/") ? String(path.dropFirst(here.count + 1)) : path
    }

    static func failure(_ error: RunSuite.Failure) -> CommandFailure {
        switch error {
        case .noCaptures(let folder):
            return CommandFailure(
                status: .inputMissing,
                message: "no captures in \(folder): name a capture file, or record one with `statsreplay capture lo`")
        }
    }
}
