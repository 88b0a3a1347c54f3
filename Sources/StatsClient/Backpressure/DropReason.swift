/// Why the client gave up an event on purpose, before the network saw it. Each has a name of its own, so that a ledger
/// can tell what a strategy cost from what went wrong.
public enum DropReason: UInt8, CaseIterable, Sendable, Comparable {
    /// There was no room, and the strategy makes none for this event.
    case bufferFull = 0
    /// It was the oldest waiting and made room for a newer one.
    case evictedOldest = 1
    /// It waited with a low priority and made room for a higher one.
    case evictedForPriority = 2
    /// Its priority is too low for a buffer this full.
    case lowPriority = 3
    /// The draw left it out; the survivors carry the rate that stands for it.
    case sampledOut = 4
    /// The downstream fails, and the circuit breaker is open.
    case circuitOpen = 5
    /// Memory for it would exceed the limit.
    case memoryLimit = 6

    public static let count = 7

    /// The name in reports.
    public var name: String {
        switch self {
        case .bufferFull: "buffer_full"
        case .evictedOldest: "evicted_oldest"
        case .evictedForPriority: "evicted_for_priority"
        case .lowPriority: "low_priority"
        case .sampledOut: "sampled_out"
        case .circuitOpen: "circuit_open"
        case .memoryLimit: "memory_limit"
        }
    }

    public init?(name: String) {
        guard let reason = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = reason
    }

    public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}
