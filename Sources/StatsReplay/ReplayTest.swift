import Foundation
import PacketCapture
import ReplayEngine
import StatsModel
public import StatsPipeline
import Verification

/// A regression test: a capture, the client that sends its events, and the network between the client and the receiver.
///
///     var test = ReplayTest(capture: "captures/checkout.pcapng")
///     test.network = try ReplayNetwork(parsing: "--loss 3% --delay 20ms")
///     let result = try test.run()
///     #expect(result.verdict == .verified, "\(result)")
///
/// A run takes virtual time only. Equal tests over equal files give equal results, on every machine.
public struct ReplayTest: Equatable, Sendable {
    /// The speed at which the capture is offered to the client.
    public enum Pace: Equatable, Sendable {
        /// As fast as recorded.
        case recorded
        /// A multiple of the recorded speed, above 0.
        case multiplier(Double)
        /// A number of datagrams in a second, evenly spaced, above 0.
        case datagramsPerSecond(Double)
        /// A number of megabits (10^6) of UDP payload in a second, above 0.
        case megabitsPerSecond(Double)
        /// As fast as a producer can record.
        case topSpeed
    }

    /// The treatment of datagrams that the capture may show twice.
    public enum Duplicates: String, Sendable {
        /// Proven duplicates count once. If there are possible duplicates without proof, the run stays unverified until the user
        /// chooses `merge` or `keep`.
        case ask
        /// All duplicates count once.
        case merge
        /// Every datagram counts as often as the capture shows it.
        case keep
    }

    /// The path of a pcap or pcapng file.
    public var capture: String
    /// The seed of every random fault.
    public var seed: UInt64 = 1
    /// The faults of the network.
    public var network = ReplayNetwork.perfect
    /// The client's configuration. ``setClient(_:)`` reads presets and files.
    public var client = ClientConfiguration.standard {
        didSet { clientPath = "" }
    }
    /// How fast the capture is offered.
    public var pace = Pace.recorded
    /// The number of times that the capture is played, one after the other. At least 1.
    public var loop = 1
    /// The largest number of datagrams that are offered, over all loops. nil means all.
    public var datagramLimit: UInt64?
    /// The virtual time after which nothing more is offered. nil means no end.
    public var duration: Duration?
    /// The destination ports whose datagrams are replayed.
    public var ports: [UInt16] = [8125]
    /// How datagrams that the capture may show twice are counted.
    public var duplicates = Duplicates.ask
    /// Limits of acceptable loss in the form of `--limit`, for a class or for a pattern of metric names: `timing=2%`,
    /// `checkout.*=0%`. Each class and each pattern can have one limit. A class without a limit here keeps its default. A pattern
    /// must match a metric of the capture.
    public var limits: [String] = []
    /// The path of the file from which the client was read. Empty if there is none.
    private var clientPath = ""

    /// A test of one capture, over a network without faults, with the standard client.
    public init(capture: String) { self.capture = capture }

    /// Sets the client from a preset's name, such as `bare`, or from a YAML file. The command that repeats the run contains the
    /// path of the file (``ReplayResult/command``).
    ///
    /// Throws ``ReplayError``.
    public mutating func setClient(_ nameOrPath: String) throws(ReplayError) {
        if let preset = ClientPreset(name: nameOrPath) {
            client = preset.configuration
            return
        }
        guard let data = FileManager.default.contents(atPath: nameOrPath) else {
            let presets = ClientPreset.allCases.map(\.name).joined(separator: ", ")
            throw ReplayError(.missingInput, "client: '\(nameOrPath)' is none of \(presets), and no file that can be read")
        }
        do {
            client = try ClientFile.parse(String(decoding: data, as: UTF8.self), file: nameOrPath)
        } catch {
            throw ReplayError(.unusableInput, "client: \(error)")
        }
        clientPath = nameOrPath
    }

    /// Runs the test, and judges the run by the law of conservation, the detectors and the limits of acceptable loss.
    ///
    /// Throws ``ReplayError`` if there is nothing to judge. Memory does not grow with the capture's length.
    public func run() throws(ReplayError) -> ReplayResult {
        var request = RunRequest()
        request.mode = .none
        request.mayWrite = false
        return try run(request)
    }

    /// Runs the test, and compares the result with the golden file of this capture and scenario. The golden file replaces the
    /// limits: a loss that it records is expected.
    ///
    /// - Parameters:
    ///   - folder: the folder of the golden files, each named `NAME.yaml`
    ///   - isRequired: whether a result without a golden file is unverified; otherwise the limits decide
    ///   - update: writes the golden file again if the law and the detectors hold; not for CI
    ///
    /// Throws ``ReplayError``.
    public func run(
        comparingWithGoldenFilesIn folder: String, isRequired: Bool = true, update: Bool = false
    ) throws(ReplayError) -> ReplayResult {
        var request = RunRequest()
        request.goldenFolder = folder
        request.mode = isRequired ? .required : .optional
        request.update = update
        request.mayWrite = update
        return try run(request)
    }

    private func run(_ request: RunRequest) throws(ReplayError) -> ReplayResult {
        var request = request
        request.captures = [capture]
        request.scenario = try scenario()
        let suite: SuiteResult
        do {
            suite = try RunSuite.run(request)
        } catch {
            throw ReplayError(.missingInput, "no capture in \(request.capturesFolder)")
        }
        if let error = suite.unreadable.first { throw ReplayError(error) }
        if let error = suite.unwritten.first { throw ReplayError(.unwritableOutput, "\(error)") }
        if let sentence = suite.unmatchedLimits.first { throw ReplayError(.invalidTest, sentence) }
        guard let run = suite.runs.first else {
            throw ReplayError(.unusableInput, "\(capture): \(suite.faults.joined(separator: "; "))")
        }
        return ReplayResult(run, suite: suite)
    }

    private func scenario() throws(ReplayError) -> Scenario {
        guard loop >= 1 else { throw ReplayError(.invalidTest, "loop is \(loop); allowed is a number of at least 1") }
        guard !ports.isEmpty, !ports.contains(0) else { throw ReplayError(.invalidTest, "ports are \(ports); allowed is 1 to 65535") }
        var scenario = Scenario()
        scenario.seed = seed
        scenario.impairments = network.impairments
        do {
            scenario.lossLimits = try LossLimits(parsing: limits)
        } catch {
            throw ReplayError(.invalidTest, "limits: \(error)")
        }
        scenario.client = client
        scenario.clientOrigin = ClientOrigin(path: clientPath)
        scenario.pace = try replayPace()
        scenario.loop = loop
        scenario.limit = datagramLimit
        scenario.duration = duration.map { Nanoseconds($0) }
        scenario.ports = PortSet(ports.map { $0...$0 })
        scenario.reading.duplicates =
            switch duplicates {
            case .ask: .ask
            case .merge: .merge
            case .keep: .keep
            }
        do {
            try scenario.validate()
        } catch {
            throw ReplayError(.invalidTest, "\(error)")
        }
        return scenario
    }

    private func replayPace() throws(ReplayError) -> ReplayEngine.Pace {
        let (pace, rate): (ReplayEngine.Pace, Double) =
            switch self.pace {
            case .recorded: (.recorded, 1)
            case .multiplier(let factor): (.multiplier(factor), factor)
            case .datagramsPerSecond(let rate): (.packetsPerSecond(rate), rate)
            case .megabitsPerSecond(let rate): (.megabitsPerSecond(rate), rate)
            case .topSpeed: (.topspeed, 1)
            }
        guard rate > 0, rate.isFinite else { throw ReplayError(.invalidTest, "pace is \(rate); allowed is a rate above zero") }
        return pace
    }
}
