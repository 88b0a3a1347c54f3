import ArgumentParser
import Foundation
import NetworkEmulator
import PacketCapture
import ReplayEngine
import StatsClient
import StatsModel
import StatsPipeline
import Verification

/// `tolerate`: finds the highest value of a fault at which every limit still holds.
struct TolerateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tolerate",
        abstract: "Finds the highest loss (or corruption, speed, burst, outage) at which every limit still holds.",
        discussion: """
            Makes one fault worse until a limit of acceptable loss breaks, by bisection, each step with many seeds on all \
            cores, and draws how the loss of each class grows with it. Further network and rate options hold at every step.

            A burst is a number of packets lost in a row, an outage a time in which all are lost and nobody says so: one in \
            each run, at a place of its first half that the seed draws.

            Examples:
              statsreplay tolerate captures/gunicorn.pcapng
              statsreplay tolerate my.pcapng --vary multiplier --seeds 1..5 --loss 1%
              statsreplay tolerate my.pcapng --vary burst --client reliable
              statsreplay tolerate my.pcapng --vary outage --seeds 1..50
              statsreplay tolerate my.pcapng --client standard --client reliable
              statsreplay tolerate my.pcapng --limit timing=2% --limit 'checkout.*=0%'

            Exit codes: 0 answered; 1 a limit breaks even without the fault; 2 the capture holds no stats event, or datagrams that may have \
            been captured twice (--duplicates); 64 usage, or a limit whose pattern matches no metric of any run; \
            65 a capture cannot be read to its end; 66 no such file; 77 no permission to read.
            """)

    @Argument(help: ArgumentHelp("Capture files. Default: every capture of the captures folder.", valueName: "capture"))
    var captures: [String] = []

    @Option(
        help: ArgumentHelp(
            "The fault that is made worse: \(VariedFault.allCases.map(\.rawValue).joined(separator: ", ")). (default: loss)", valueName: "fault"),
        transform: { text in
            guard let fault = VariedFault(rawValue: text == "corrupt" ? "corruption" : text) else { throw ValidationError("'\(text)' is no fault that can be varied.") }
            return fault
        })
    var vary = VariedFault.loss

    @Option(
        help: ArgumentHelp(
            "A client to ask, repeatable: \(ClientPreset.allCases.map(\.name).joined(separator: ", ")), or a YAML file. (default: standard)",
            valueName: "name"))
    var client: [String] = []

    @Option(help: ArgumentHelp("Seeds of each step, such as 1..20. (default: 1..10)", valueName: "range"))
    var seeds: String?

    @OptionGroup(title: "Network") var network: NetworkOptions
    @OptionGroup(title: "Rate") var rate: RateOptions
    @OptionGroup(title: "Limits") var limits: LimitOptions
    @OptionGroup(title: "Reading") var reading: ReadingOptions

    @Option(help: "Destination ports to replay: 8125, 8125,9125 or 8000-8999; repeatable. (default: 8125)")
    var port: [String] = []

    @OptionGroup var dialect: DialectOption

    @Flag(help: "Print one JSON object for each capture.")
    var json = false

    @Option(help: ArgumentHelp("Folder of captures.", valueName: "folder"))
    var captureFolder: String?

    /// Reports wrong usage. Problems with a file's content are reported when the command runs.
    func validate() throws { do { _ = try question() } catch is CommandFailure {} }

    func run() throws {
        let terminal = Terminal()
        let question = try question()
        var verdicts: [Verdict] = []
        let paths = try CapturePaths.resolve(captures, folder: captureFolder)
        // Before hours of bisection, and only where a pattern can be wrong.
        var identities: [String: CaptureIdentity] = [:]
        if !question.scenario.lossLimits.patterns.isEmpty {
            let unmatched: [String]
            do throws(CaptureError) {
                for path in paths { identities[path] = try CaptureIdentity(reading: path) }
                unmatched = try question.unmatchedLimits(in: paths.compactMap { identities[$0] })
            } catch {
                throw CommandFailure(status: InspectCommand.status(error), message: "\(error)")
            }
            try RunCommand.refuse(unmatched)
        }
        for path in paths {
            let result: ToleranceResult
            var progress = ProgressLine(terminal: terminal)
            do {
                let identity = if let known = identities[path] { known } else { try CaptureIdentity(reading: path) }
                result = try ToleranceResult(identity, question) { client, steps in
                    progress.show("\(identity.name), \(client): \(steps) steps, \(question.seeds.count) runs each")
                }
            } catch {
                progress.clear()
                throw CommandFailure(status: InspectCommand.status(error), message: "\(error)")
            }
            progress.clear()
            if json {
                try StandardOutput.write(ToleranceReport(result).json())
            } else {
                if !verdicts.isEmpty { try StandardOutput.print() }
                try StandardOutput.print(ToleranceText(paint: terminal.paint).lines(result).joined(separator: "\n"))
            }
            verdicts.append(result.verdict)
        }
        switch Verdict.combined(verdicts) {
        case .verified: break
        case .failed: throw CommandFailure(status: .verificationFailed, message: "")
        case .unverified: throw CommandFailure(status: .nothingVerified, message: "a capture holds no stats event, or datagrams that may have been captured twice")
        }
    }

    /// The question that these options describe.
    func question() throws -> ToleranceQuestion {
        var question = ToleranceQuestion()
        question.fault = vary
        question.scenario = try Scenario(network: network, rate: rate, limits: limits, reading: reading, port: port, dialect: dialect)
        do {
            if let seeds { question.seeds = try OptionError.read("seeds") { () throws(UnitError) in try SeedRange(parsing: seeds) } }
        } catch {
            throw ValidationError("\(error)")
        }
        if isGivenTwice { throw ValidationError("--\(vary.rawValue) is what --vary \(vary.rawValue) varies: leave one of both out.") }
        if !client.isEmpty {
            question.clients = try client.map { name in
                var scenario = question.scenario
                try RunCommand.choose(name, in: &scenario)
                return (name, scenario.client)
            }
        }
        return question
    }

    /// Whether the varied fault also has a fixed value.
    private var isGivenTwice: Bool {
        switch vary {
        case .loss: !network.loss.isEmpty
        case .corrupt: !network.corrupt.isEmpty
        case .burst, .outage: false
        case .multiplier: rate.multiplier != nil || rate.pps != nil || rate.mbps != nil || rate.topspeed
        }
    }
}
