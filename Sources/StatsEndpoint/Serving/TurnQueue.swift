import NIOCore

/// The connections whose next request has come already, in the order in which they get their turn.
///
/// A request that comes while its connection waits is answered at once. Those behind it, that a client sent ahead, wait:
/// between two turns the event loop looks for what else has come, so that nobody waits for more than one turn.
struct TurnQueue {
    /// Connections that get a turn together; each has one request answered.
    static let limit = 4
    /// From one turn to the next. An event loop runs what is due before it looks at its sockets again, however much that
    /// is; only what is due later lets it look.
    static let pause = TimeAmount.milliseconds(1)

    private var waiting: [Int] = []

    var isEmpty: Bool { waiting.isEmpty }

    /// Behind all others; once only until its turn. O(connections that wait).
    mutating func append(_ id: Int) {
        if !waiting.contains(id) { waiting.append(id) }
    }

    /// Who has the next turn, in order: at most ``limit``. Each of them waits no more. O(connections that wait).
    mutating func take() -> [Int] {
        defer { waiting.removeFirst(min(Self.limit, waiting.count)) }
        return Array(waiting.prefix(Self.limit))
    }

    /// O(connections that wait).
    mutating func remove(_ id: Int) { waiting.removeAll { $0 == id } }
}
