/// Every name under which an event can be lost. The law: offered = delivered + the sum over these.
public enum LossCause: UInt8, CaseIterable, Sendable, Comparable {
    /// The client's buffer had no free slot, and its strategy makes none for this event.
    case bufferFull = 0
    /// One event alone does not fit into a packet.
    case oversize = 1
    /// The client's pool for texts had no free block.
    case textPoolFull = 2
    /// The client knows as many distinct metrics as it may.
    case metricLimit = 3
    /// The network dropped the packet by chance.
    case networkLoss = 4
    /// The network dropped the packet because the scenario names it.
    case chosenLoss = 5
    /// The network changed bits, and the checksum refused the packet.
    case corruption = 6
    /// The receiver refused the sequence number as out of range.
    case outOfRange = 7
    /// The receiver could not decode the packet although its checksum holds.
    case undecodable = 8
    /// The emulated network had no room for one more packet in flight.
    case networkQueueFull = 9
    /// The client was closed before the event was offered.
    case clientClosed = 10
    /// The system did not take the packet: nobody listens, no way there, or its buffers stayed full.
    case sendFailed = 11
    /// It was the oldest waiting in the client's buffer and made room for a newer one.
    case evictedOldest = 12
    /// It waited in the client's buffer with a lower priority and made room for a higher one.
    case evictedForPriority = 13
    /// Its priority is too low for a buffer this full.
    case lowPriority = 14
    /// The draw left it out; the survivors carry the rate that stands for it.
    case sampledOut = 15
    /// The client was closed while its circuit breaker was open, and the event still waited.
    case circuitOpen = 16
    /// The client's memory for one more metric would exceed its limit.
    case memoryLimit = 17
    /// The text format that the client speaks has no words for it (plain StatsD: tags, events, service checks).
    case notInFormat = 18
    /// A string of it holds a byte that the text format would read as the beginning of something else.
    case reservedByte = 19
    /// The client's process died while it waited there.
    case clientRestart = 20
    /// It was recorded in a child that `fork()` made, with a client of the parent.
    case clientForked = 21

    public static let count = 22

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

    public init?(name: String) {
        guard let cause = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = cause
    }

    public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}
