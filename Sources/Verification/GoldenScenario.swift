import NetworkEmulator
import PacketCapture
import StatsClient
import StatsModel
import StatsReceiver
import StatsReplay
import StatsWire

/// The whole resolved scenario as it stands in a golden file: nothing else has to be kept in step.
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
        // Written only where the scenario uses them.
        var lossBurstMaximum: Int?
        var gap: Int?
        var delayDistribution: String?
        var bandwidth: String?
        var queue: String?
        var mtu: String?

        enum CodingKeys: String, CodingKey {
            case loss, corrupt, duplicate, reorder, delay, jitter, drop, gap, bandwidth, queue, mtu
            case lossBurstMaximum = "loss_burst_max"
            case delayDistribution = "delay_distribution"
            case reorderGap = "reorder_gap"
            case reorderHold = "reorder_hold"
            case maximumInFlight = "maximum_in_flight"
        }
    }

    struct Client: Codable, Equatable, Sendable {
        var codec: String
        var bufferCapacity: Int
        var batchSize: Int
        var maximumBatchAge: String
        var maximumPacketSize: Int
        var heartbeatInterval: String
        var closingCopies: Int
        var closingInterval: String
        var metricLimit: Int
        var textCapacity: Int

        enum CodingKeys: String, CodingKey {
            case codec
            case bufferCapacity = "buffer_capacity"
            case batchSize = "batch_size"
            case maximumBatchAge = "maximum_batch_age"
            case maximumPacketSize = "maximum_packet_size"
            case heartbeatInterval = "heartbeat_interval"
            case closingCopies = "closing_copies"
            case closingInterval = "closing_interval"
            case metricLimit = "metric_limit"
            case textCapacity = "text_capacity"
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

    var seed: UInt64
    var ports: String
    var pace: String
    var loop: Int
    var limit: String
    var duration: String
    var network: Network
    var client: Client
    var sender: Sender
    var receiver: Receiver
}

extension GoldenScenario {
    init(_ scenario: Scenario) {
        seed = scenario.seed
        ports = scenario.ports.description
        pace = scenario.pace.description
        loop = scenario.loop
        limit = scenario.limit.map { "\($0) datagrams" } ?? "none"
        duration = scenario.duration?.description ?? "whole"
        network = Network(scenario.impairments)
        let client = scenario.client
        self.client = Client(
            codec: "\(client.codec)", bufferCapacity: client.bufferCapacity, batchSize: client.batchSize,
            maximumBatchAge: client.maximumBatchAge.description, maximumPacketSize: client.maximumPacketSize,
            heartbeatInterval: client.heartbeatInterval.description, closingCopies: client.closingCopies,
            closingInterval: client.closingInterval.description, metricLimit: client.metricLimit,
            textCapacity: client.textCapacity)
        sender = Sender(
            perPacket: scenario.sender.perPacket.description, perEvent: scenario.sender.perEvent.description,
            perKilobyte: scenario.sender.perKilobyte.description,
            recordPerEvent: scenario.sender.recordPerEvent.description)
        receiver = Receiver(
            window: scenario.receiver.window, maximumJump: scenario.receiver.maximumJump,
            reorderLimit: scenario.receiver.reorderLimit.description)
    }

    /// The scenario these words mean.
    func resolved() throws(UnitError) -> Scenario {
        var scenario = Scenario()
        scenario.seed = seed
        scenario.ports = try PortSet(parsing: [ports])
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
        try resolve(client: &scenario.client)
        scenario.sender.perPacket = try Nanoseconds(parsing: sender.perPacket)
        scenario.sender.perEvent = try Nanoseconds(parsing: sender.perEvent)
        scenario.sender.perKilobyte = try Nanoseconds(parsing: sender.perKilobyte)
        scenario.sender.recordPerEvent = try Nanoseconds(parsing: sender.recordPerEvent)
        scenario.receiver.window = receiver.window
        scenario.receiver.maximumJump = receiver.maximumJump
        scenario.receiver.reorderLimit = try Nanoseconds(parsing: receiver.reorderLimit)
        try scenario.validate()
        return scenario
    }

    private func resolve(client target: inout ClientConfiguration) throws(UnitError) {
        guard let codec = PacketCodec.allCases.first(where: { "\($0)" == client.codec }) else {
            throw UnitError(text: client.codec, expected: "a codec: binary or json")
        }
        target.codec = codec
        target.bufferCapacity = client.bufferCapacity
        target.batchSize = client.batchSize
        target.maximumBatchAge = try Nanoseconds(parsing: client.maximumBatchAge)
        target.maximumPacketSize = client.maximumPacketSize
        target.heartbeatInterval = try Nanoseconds(parsing: client.heartbeatInterval)
        target.closingCopies = client.closingCopies
        target.closingInterval = try Nanoseconds(parsing: client.closingInterval)
        target.metricLimit = client.metricLimit
        target.textCapacity = client.textCapacity
    }
}
