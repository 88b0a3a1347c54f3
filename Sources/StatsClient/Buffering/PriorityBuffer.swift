public import StatsModel

/// A bounded queue in which what matters more goes first and gives way last.
///
/// **Going out.** Critical events always go first. The rest takes turns in rounds of eight, so that nothing starves:
///
/// | priority | turns of 8 | where it waits, it has at least |
/// |---|---|---|
/// | critical | before all others | everything |
/// | high | 5 | 5/8 of what critical leaves |
/// | normal | 2 | 2/8 |
/// | low | 1 | 1/8 |
///
/// A turn whose queue is empty passes to the highest that waits. So among eight pops that do not answer a critical
/// event, at least one takes from every queue that has something. Only critical events without end can hold up the
/// rest: they are meant to.
///
/// **Making room.** All share one capacity. A full buffer gives up the oldest event of the lowest priority that waits,
/// if that is lower than the new one's; else the new one is refused. So a critical event is refused only where
/// critical ones fill the whole buffer.
///
/// Within a priority the order is that of pushing. Owned by one thread; ``SharedPriorityBuffer`` is the same for many.
///
/// Memory: 36 bytes for each event of the capacity, allocated once (8192: 288 KiB).
public struct PriorityBuffer: ~Copyable, Sendable {
    /// Whose turn it is, in rounds of eight.
    static let turns: InlineArray<8, EventPriority> = [.high, .normal, .high, .low, .high, .normal, .high, .high]
    /// What ends a list: no slot has this number.
    private static let none = UInt32.max

    /// A list of slots, oldest first.
    private struct Queue {
        var first = PriorityBuffer.none
        var last = PriorityBuffer.none
        var count = 0
    }

    public let capacity: Int
    public private(set) var count = 0
    private var events: [StatEvent]
    /// The slot behind each slot, in its queue or in the list of free ones.
    private var following: [UInt32]
    private var free: UInt32 = 0
    private var queues = InlineArray<4, Queue>(repeating: Queue())
    private var turn = 0

    /// - Parameter capacity: events of all priorities together; 1 to 2^24, else traps
    public init(capacity: Int) {
        precondition((1...1 << 24).contains(capacity), "a priority buffer holds 1 to 2^24 events")
        self.capacity = capacity
        events = Array(repeating: StatEvent(metric: MetricID(0), value: 0, timestamp: 0), count: capacity)
        following = (0..<UInt32(capacity)).map { $0 + 1 == UInt32(capacity) ? Self.none : $0 + 1 }
    }

    /// How many events of that priority wait.
    public func count(of priority: EventPriority) -> Int { queues[Int(priority.rawValue)].count }

    /// Puts the event behind those of its priority, making room where that is its right. O(1), never allocates.
    public mutating func push(_ event: StatEvent, priority: EventPriority) -> PriorityPushResult {
        if count < capacity {
            append(event, priority)
            return .buffered
        }
        guard let lowest = lowestWaiting, lowest < priority else { return .refused(.bufferFull) }
        let evicted = removeFirst(lowest)
        append(event, priority)
        return .bufferedEvicting(evicted, lowest)
    }

    /// Takes the event whose turn it is; nil when none waits. O(1).
    public mutating func pop() -> (event: StatEvent, priority: EventPriority)? {
        if count == 0 { return nil }
        if count(of: .critical) > 0 { return (removeFirst(.critical), .critical) }
        let due = Self.turns[turn]
        turn = (turn + 1) % 8
        if count(of: due) > 0 { return (removeFirst(due), due) }
        guard let highest = highestWaiting else { preconditionFailure("a buffer with a count has an event") }
        return (removeFirst(highest), highest)
    }

    private var highestWaiting: EventPriority? {
        for priority in EventPriority.allCases where count(of: priority) > 0 { return priority }
        return nil
    }

    private var lowestWaiting: EventPriority? {
        for priority in EventPriority.allCases.reversed() where count(of: priority) > 0 { return priority }
        return nil
    }

    private mutating func append(_ event: StatEvent, _ priority: EventPriority) {
        let slot = free
        free = following[Int(slot)]
        events[Int(slot)] = event
        following[Int(slot)] = Self.none
        let index = Int(priority.rawValue)
        if queues[index].count == 0 {
            queues[index].first = slot
        } else {
            following[Int(queues[index].last)] = slot
        }
        queues[index].last = slot
        queues[index].count += 1
        count += 1
    }

    private mutating func removeFirst(_ priority: EventPriority) -> StatEvent {
        let index = Int(priority.rawValue)
        let slot = queues[index].first
        queues[index].first = following[Int(slot)]
        queues[index].count -= 1
        count -= 1
        following[Int(slot)] = free
        free = slot
        return events[Int(slot)]
    }
}
