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
/// Memory: 44 bytes for each event of the capacity, allocated once (8192: 352 KiB).
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
        /// Of these, events that hold a text.
        var textCount = 0
    }

    public let capacity: Int
    public private(set) var count = 0
    private var events: [StatEvent]
    /// When each event was recorded, in the same places.
    private var arrivals: [Instant]
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
        arrivals = Array(repeating: .start, count: capacity)
        following = (0..<UInt32(capacity)).map { $0 + 1 == UInt32(capacity) ? Self.none : $0 + 1 }
    }

    /// How many events of that priority wait.
    public func count(of priority: EventPriority) -> Int { queues[Int(priority.rawValue)].count }

    /// Puts the event behind those of its priority, making room where that is its right. O(1), never allocates.
    ///
    /// - Parameter arrival: when it was recorded; kept with it
    public mutating func push(
        _ event: StatEvent, priority: EventPriority, arrival: Instant = .start
    ) -> PriorityPushResult {
        if count < capacity {
            append(event, priority, arrival)
            return .buffered
        }
        guard let lowest = lowestWaiting, lowest < priority else { return .refused(.bufferFull) }
        let evicted = removeFirst(lowest)
        append(event, priority, arrival)
        return .bufferedEvicting(evicted, lowest)
    }

    /// Whether ``push(_:priority:arrival:)`` would buffer an event of that priority. O(1).
    public func admits(_ priority: EventPriority) -> Bool {
        if count < capacity { return true }
        guard let lowest = lowestWaiting else { return false }
        return lowest < priority
    }

    /// Gives up the oldest event of the lowest priority below that one, as long as any of those below holds a text:
    /// room in the text pool comes back in the order of storing, so it may take several. nil when none is left. O(1).
    package mutating func evictForText(of priority: EventPriority) -> StatEvent? {
        var waiting = 0
        for lower in EventPriority.allCases where lower < priority { waiting += queues[Int(lower.rawValue)].textCount }
        guard waiting > 0, let lowest = lowestWaiting else { return nil }
        return removeFirst(lowest)
    }

    /// The event whose turn it is, which stays where it is; nil when none waits. O(1).
    public var first: (event: StatEvent, priority: EventPriority, arrival: Instant)? {
        guard let priority = due else { return nil }
        let slot = Int(queues[Int(priority.rawValue)].first)
        return (events[slot], priority, arrivals[slot])
    }

    /// Takes the event whose turn it is; nil when none waits. O(1).
    public mutating func pop() -> (event: StatEvent, priority: EventPriority)? {
        guard let priority = due else { return nil }
        // Critical events take nobody's turn.
        if priority != .critical { turn = (turn + 1) % 8 }
        return (removeFirst(priority), priority)
    }

    /// Whose event goes next; nil when none waits.
    private var due: EventPriority? {
        if count == 0 { return nil }
        if count(of: .critical) > 0 { return .critical }
        return count(of: Self.turns[turn]) > 0 ? Self.turns[turn] : highestWaiting
    }

    private var highestWaiting: EventPriority? {
        for priority in EventPriority.allCases where count(of: priority) > 0 { return priority }
        return nil
    }

    private var lowestWaiting: EventPriority? {
        for priority in EventPriority.allCases.reversed() where count(of: priority) > 0 { return priority }
        return nil
    }

    private mutating func append(_ event: StatEvent, _ priority: EventPriority, _ arrival: Instant) {
        let slot = free
        free = following[Int(slot)]
        events[Int(slot)] = event
        arrivals[Int(slot)] = arrival
        following[Int(slot)] = Self.none
        let index = Int(priority.rawValue)
        if queues[index].count == 0 {
            queues[index].first = slot
        } else {
            following[Int(queues[index].last)] = slot
        }
        queues[index].last = slot
        queues[index].count += 1
        if event.text != 0 { queues[index].textCount += 1 }
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
        if events[Int(slot)].text != 0 { queues[index].textCount -= 1 }
        return events[Int(slot)]
    }
}
