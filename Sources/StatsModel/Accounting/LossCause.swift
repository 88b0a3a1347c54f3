/// A named cause of loss. The law of conservation: offered = delivered + the sum over all causes.
public enum LossCause: UInt8, CaseIterable, Sendable, Comparable {
    /// The client's buffer had no free slot, and its strategy made no room for this event.
    case bufferFull = 0
    /// The event alone does not fit into a packet.
    case oversize = 1
    /// The client's pool for texts had no free block.
    case textPoolFull = 2
    /// The client already has its maximum number of distinct metrics.
    case metricLimit = 3
    /// The network dropped the packet at random.
    case networkLoss = 4
    /// The network dropped the packet because the scenario lists its number.
    case chosenLoss = 5
    /// The network changed bits of the packet, and its checksum failed.
    case corruption = 6
    /// The receiver refused the sequence number as out of range.
    case outOfRange = 7
    /// The receiver could not decode the packet although its checksum is good.
    case undecodable = 8
    /// The emulated network had its maximum number of packets in flight.
    case networkQueueFull = 9
    /// The client was closed before the event was offered.
    case clientClosed = 10
    /// The operating system did not take the packet: no process listens, there is no route, or its buffers stayed full.
    case sendFailed = 11
    /// The event was the oldest in the client's buffer and made room for a newer one.
    case evictedOldest = 12
    /// The event was in the client's buffer and made room for one with a higher priority.
    case evictedForPriority = 13
    /// The event's priority is too low for the buffer's fill level.
    case lowPriority = 14
    /// Sampling left the event out. The sample rate of the remaining events represents it.
    case sampledOut = 15
    /// The event was still waiting when the client was closed with an open circuit breaker.
    case circuitOpen = 16
    /// The client's memory for one more metric would exceed its limit.
    case memoryLimit = 17
    /// The client's text format cannot express the event (plain StatsD: tags, events, service checks).
    case notInFormat = 18
    /// A string of the event contains a byte that the text format would read as the beginning of something else.
    case reservedByte = 19
    /// The client's process restarted while the event was waiting in it.
    case clientRestart = 20
    /// The event was recorded in a child process of `fork()` with the parent's client.
    case clientForked = 21

    /// The number of causes. Arrays indexed by cause have this length.
    public static let count = 22

    /// The name in JSON, golden files and reports.
    public var name: String {
        switch self {
        case .bufferFull: "buffer_full"
        case .oversize: "oversize"
        case .textPoolFull: "text_pool_full"
        case .metricLimit: "metric_limit"
        case .networkLoss: "network_loss"
        case .chosenLoss: "chosen_loss"
        case .corruption: "corruption"
        case .outOfRange: "out_of_range"
        case .undecodable: "undecodable"
        case .networkQueueFull: "network_queue_full"
        case .clientClosed: "client_closed"
        case .sendFailed: "send_failed"
        case .evictedOldest: "evicted_oldest"
        case .evictedForPriority: "evicted_for_priority"
        case .lowPriority: "low_priority"
        case .sampledOut: "sampled_out"
        case .circuitOpen: "circuit_open"
        case .memoryLimit: "memory_limit"
        case .notInFormat: "not_in_format"
        case .reservedByte: "reserved_byte"
        case .clientRestart: "client_restart"
        case .clientForked: "client_forked"
        }
    }

    /// The cause with this name, or nil.
    public init?(name: String) {
        guard let cause = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = cause
    }

    /// The order of the raw values.
    public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

extension LossCause: CustomStringConvertible {
    /// The ``name``.
    public var description: String { name }
}
