/// Every name under which an event can be lost. The law: offered = delivered + the sum over these.
public enum LossCause: UInt8, CaseIterable, Sendable, Comparable {
    /// The client's ring had no free slot.
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

    public static let count = 12

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
        }
    }

    public init?(name: String) {
        guard let cause = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = cause
    }

    public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}
