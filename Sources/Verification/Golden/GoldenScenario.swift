import NetworkEmulator
import PacketCapture
import ReplayEngine
import StatsModel
import StatsReceiver

/// A whole scenario in a golden file, with its client. Besides the capture, no other file is needed to repeat the run.
struct GoldenScenario: Codable, Equatable, Sendable {
    struct Network: Codable, Equatable, Sendable {
        var loss: String
        var corrupt: String
        var duplicate: String
        var reorder: String
        var delay: String
        var jitter: String
        var drop: String
        var reorderGap: Int
        var reorderHold: String
        var maximumInFlight: Int
        // Written only if the scenario uses them.
        var lossBurstMaximum: Int?
        var gap: Int?
        var delayDistribution: String?
        var bandwidth: String?
        var queue: String?
        var mtu: String?
        var fail: String?
        var only: String?
        var returnPath: String?

        enum CodingKeys: String, CodingKey {
            case loss, corrupt, duplicate, reorder, delay, jitter, drop, gap, bandwidth, queue, mtu, fail, only
            case returnPath = "return_path"
            case lossBurstMaximum = "loss_burst_max"
            case delayDistribution = "delay_distribution"
            case reorderGap = "reorder_gap"
            case reorderHold = "reorder_hold"
            case maximumInFlight = "maximum_in_flight"
        }
    }

    struct Sender: Codable, Equatable, Sendable {
        var perPacket: String
        var perEvent: String
        var perKilobyte: String
        var recordPerEvent: String

        enum CodingKeys: String, CodingKey {
            case perPacket = "per_packet"
            case perEvent = "per_event"
            case perKilobyte = "per_kilobyte"
            case recordPerEvent = "record_per_event"
        }
    }

    struct Receiver: Codable, Equatable, Sendable {
        var window: Int
        var maximumJump: UInt64
        var reorderLimit: String

        enum CodingKeys: String, CodingKey {
            case window
            case maximumJump = "maximum_jump"
            case reorderLimit = "reorder_limit"
        }
    }

    /// The limits of acceptable loss. All of them are written, including those with the standard value.
    struct Limits: Codable, Equatable, Sendable {
        var counter: String
        var gauge: String
        var timing: String
        var critical: String
        /// `none`, or a table of shares by pattern.
        var patterns: DocumentValue
    }

    var seed: UInt64
    var ports: String
    /// Written only if they differ from the default.
    var duplicates: String?
    var checksums: String?
    /// The dialect of the text. nil if each sender's dialect is recognised.
    var dialect: String?
    var pace: String
    var loop: Int
    var limit: String
    var duration: String
    var network: Network
    /// The client's configuration (``ClientDocument``). The entry `from` in front names the client file, if there was one.
    var client: DocumentValue
    var sender: Sender
    var receiver: Receiver
    /// nil only in files of an older format.
    var lossLimits: Limits?

    enum CodingKeys: String, CodingKey {
        case seed, ports, duplicates, checksums, dialect, pace, loop, limit, duration, network, client, sender, receiver
        case lossLimits = "loss_limits"
    }
}

extension GoldenScenario {
    init(_ scenario: Scenario) {
        seed = scenario.seed
        ports = scenario.ports.description
        duplicates = scenario.reading.duplicates == .ask ? nil : scenario.reading.duplicates.rawValue
        checksums = scenario.reading.checksums == .verify ? nil : scenario.reading.checksums.rawValue
        dialect = scenario.dialect == .auto ? nil : scenario.dialect.rawValue
        pace = scenario.pace.description
        loop = scenario.loop
        limit = scenario.limit.map { "\($0) datagrams" } ?? "none"
        duration = scenario.duration?.description ?? "whole"
        network = Network(scenario.impairments)
        client = Self.client(scenario)
        sender = Sender(
            perPacket: scenario.sender.perPacket.description, perEvent: scenario.sender.perEvent.description,
            perKilobyte: scenario.sender.perKilobyte.description,
            recordPerEvent: scenario.sender.recordPerEvent.description)
        receiver = Receiver(
            window: scenario.receiver.window, maximumJump: scenario.receiver.maximumJump,
            reorderLimit: scenario.receiver.reorderLimit.description)
        lossLimits = Limits(scenario.lossLimits)
    }

    /// The scenario that this text describes.
    func resolved() throws(UnitError) -> Scenario {
        var scenario = Scenario()
        scenario.seed = seed
        scenario.ports = try PortSet(parsing: [ports])
        scenario.reading = try reading()
        if let dialect {
            guard let choice = DialectChoice(rawValue: dialect) else {
                throw UnitError(text: "dialect: \(dialect)", expected: "a dialect: auto, datadog or statsd")
            }
            scenario.dialect = choice
        }
        guard let pace = Pace(parsing: pace) else {
            throw UnitError(text: pace, expected: "a pace: recorded, topspeed, multiplier N, pps N or mbps N")
        }
        scenario.pace = pace
        guard loop >= 1 else { throw UnitError(text: "\(loop)", expected: "a loop count of at least 1") }
        scenario.loop = loop
        if limit != "none" {
            guard let number = UInt64(limit.prefix { $0 != " " }) else {
                throw UnitError(text: limit, expected: "a limit: none, or a number of datagrams")
            }
            scenario.limit = number
        }
        scenario.duration = duration == "whole" ? nil : try Nanoseconds(parsing: duration)
        scenario.impairments = try network.resolved()
        try resolveClient(of: &scenario)
        scenario.sender.perPacket = try Nanoseconds(parsing: sender.perPacket)
        scenario.sender.perEvent = try Nanoseconds(parsing: sender.perEvent)
        scenario.sender.perKilobyte = try Nanoseconds(parsing: sender.perKilobyte)
        scenario.sender.recordPerEvent = try Nanoseconds(parsing: sender.recordPerEvent)
        scenario.receiver.window = receiver.window
        scenario.receiver.maximumJump = receiver.maximumJump
        scenario.receiver.reorderLimit = try Nanoseconds(parsing: receiver.reorderLimit)
        if let lossLimits { scenario.lossLimits = try lossLimits.resolved() }
        try scenario.validate()
        return scenario
    }

    private func reading() throws(UnitError) -> ReadingRules {
        var rules = ReadingRules.standard
        if let duplicates {
            guard let word = ReadingRules.Duplicates(rawValue: duplicates) else {
                throw UnitError(text: duplicates, expected: "duplicates: merge, keep or ask")
            }
            rules.duplicates = word
        }
        if let checksums {
            guard let word = ReadingRules.Checksums(rawValue: checksums) else {
                throw UnitError(text: checksums, expected: "checksums: verify or ignore")
            }
            rules.checksums = word
        }
        return rules
    }

    private static func client(_ scenario: Scenario) -> DocumentValue {
        let document = ClientDocument.write(scenario.client)
        let path = scenario.clientOrigin.path
        guard !path.isEmpty, case .table(let entries) = document else { return document }
        return .table([.init("from", .text(path))] + entries)
    }

    /// Reads the client's configuration. Fields that are missing in the file have the values of the standard client.
    private func resolveClient(of scenario: inout Scenario) throws(UnitError) {
        do throws(DocumentError) {
            var entries = try DocumentReader.table(client)
            if let origin = entries.first(where: { $0.name == "from" }) {
                scenario.clientOrigin = ClientOrigin(path: origin.value.description)
                entries.removeAll { $0.name == "from" }
            }
            try ClientDocument.apply(.table(entries), to: &scenario.client)
        } catch {
            throw UnitError(text: "client.\(error.path)", expected: "usable: it \(error.reason)")
        }
    }
}
