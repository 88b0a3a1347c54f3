import NIOCore

/// The connections whose next request has arrived already, in the order of their turns.
///
/// A request that arrives while its connection is idle is answered at once. Requests that a client sent ahead wait here.
/// Between two turns the event loop handles new input, so that other clients wait for one turn at most.
struct TurnQueue {
    /// Connections in one turn. Each gets one request answered.
    static let limit = 4
    /// The time between two turns. An event loop runs all due work before it looks at its sockets, so work that is due later is
    /// needed to make it look.
    static let pause = TimeAmount.milliseconds(1)

    private var waiting: [Int] = []

    var isEmpty: Bool { waiting.isEmpty }

    /// Adds a connection behind all others, unless it waits already. O(connections that wait).
    mutating func append(_ id: Int) {
        if !waiting.contains(id) { waiting.append(id) }
    }

    /// Removes and returns the connections of the next turn, in order: at most ``limit``. O(connections that wait).
    mutating func take() -> [Int] {
        defer { waiting.removeFirst(min(Self.limit, waiting.count)) }
        return Array(waiting.prefix(Self.limit))
    }

    /// O(connections that wait).
    mutating func remove(_ id: Int) { waiting.removeAll { $0 == id } }
}
