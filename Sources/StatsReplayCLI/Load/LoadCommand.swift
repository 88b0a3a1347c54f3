import ArgumentParser
import Foundation
import StatsClient
import StatsModel
import StatsPipeline
import StatsWire
import SystemIO
import Verification

/// `load`: sends events with this project's own client.
struct LoadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "load",
        abstract: "Sends events of every type with this project's own client, at a steady rate.",
        discussion: """
            The schedule is open-loop: event N is due at N / rate seconds, whatever the receiver does. The packets are \
            sequenced, so `capture` and `inspect` can tell what of them was lost; with --format they are text for any \
            StatsD server. Plain statsd knows neither tags nor events nor service checks: they count as not_in_format.

            Examples:
              statsreplay load 127.0.0.1:8125
              statsreplay load '[::1]:8125' --rate 5000 --duration 10s --seed 7
              statsreplay load 127.0.0.1:8125 --format dogstatsd
              statsreplay load 127.0.0.1:8125 --client high-throughput --rate 100000

            Ctrl-C, SIGTERM and a closed terminal end it early: what was recorded is sent and reported. A plan of more \
            events a second than can be recorded ends with its duration, at most a second later.

            Exit codes: 0 everything was sent; 1 something was not, by cause, or the plan was faster than the machine; 2 \
            nothing was sent; 64 usage; 65 the client's file makes no sense; 66 there is no such file; 69 no thread or \
            socket. That a receiver never answered is a remark: everything was sent.
            """)

    @Argument(help: ArgumentHelp("Where to: HOST:PORT, [IPv6]:PORT or unix:PATH.", valueName: "destination"))
    var destination: String

    @Option(help: ArgumentHelp("Events a second.", valueName: "number"))
    var rate: Double = 500

    @Option(help: ArgumentHelp("How long.", valueName: "time"))
    var duration: String = "5s"

    @Option(help: ArgumentHelp("Seed of the events.", valueName: "number"))
    var seed: UInt64 = 1

    @Option(help: ArgumentHelp("What is sent: sequenced, statsd or dogstatsd. (default: the client's, sequenced)", valueName: "format"))
    var format: String?

    @Option(
        help: ArgumentHelp("The client: \(ClientChoice.presets), or a YAML file. (default: standard)", valueName: "preset|file"))
    var client: String?

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
        guard rate > 0, rate <= 1e9 else { throw ValidationError("--rate: \(rate) is not a rate between 0 and 10^9.") }
        let configuration = try configuration()
        let target: Destination
        let length: Nanoseconds
        do {
            target = try Destination(parsing: destination)
            length = try Nanoseconds(parsing: duration)
        } catch {
            throw ValidationError("\(error).")
        }
        var plan = LoadPlan(seed: seed, eventsPerSecond: rate, duration: length)
        let report: LoadReport
        do {
            report = try Self.send(&plan, to: target, configuration)
        } catch {
            throw CommandFailure(status: .unavailable, message: "\(error)")
        }
        try show(report)
        if report.status != .verified { throw CommandFailure(status: report.status, message: "") }
    }

    /// The configuration of the client, made as a service would make it.
    func configuration() throws -> StatsClient.Configuration {
        var configuration = StatsClient.Configuration()
        if let client {
            let choice = try ClientChoice(client) { preset in
                configuration = StatsClient.Configuration(preset: preset)
                return configuration.pipeline
            }
            configuration.pipeline = choice.configuration
        }
        if let format {
            guard let wanted = WireFormat(rawValue: format) else {
                throw ValidationError("--format: '\(format)' is not sequenced, statsd or dogstatsd.")
            }
            configuration.format = wanted
        }
        do {
            try configuration.validate()
        } catch {
            let failure = ClientFileError(file: client ?? ClientPreset.standard.name, error)
            throw CommandFailure(status: .dataUnusable, message: "--client: \(failure)")
        }
        return configuration
    }

    /// Records the plan's events at their times until its end or a signal, then ends the client.
    private static func send(
        _ plan: inout LoadPlan, to destination: Destination, _ configuration: StatsClient.Configuration
    ) throws -> LoadReport {
        let signals = try StopSignals()
        let client = try StatsClient(configuration: configuration, destination: destination)
        let shop = LoadHandles(client)
        let clock = SystemClock()
        var worst = Nanoseconds.zero
        var signal: Int32?
        loop: while signal == nil {
            switch plan.poll(at: clock.now) {
            case .wait(let time): signal = signals.wait(timeout: time)
            case .record(let event, let lateness):
                worst = max(worst, lateness)
                shop.record(event)
                // A plan that is late never waits, so signals are also checked here.
                if plan.position.isMultiple(of: 1024) { signal = signals.poll() }
            case .finished: break loop
            }
        }
        let delivery = try client.shutdownBlocking()
        return LoadReport(
            plan, signal: signal, delivery, client.exportMetrics(),
            expectsAnswers: configuration.format.dialect == nil && configuration.pipeline.reliability != nil,
            worstLateness: worst)
    }

    private func show(_ report: LoadReport) throws {
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
            try StandardOutput.write(encoder.encode(report) + Data("\n".utf8))
        } else {
            for line in report.lines { try StandardOutput.print(line) }
        }
    }
}
