public import StatsModel

/// A bounded queue by priority: important events leave first, and unimportant events make room first.
///
/// **Order of leaving.** Critical events always go first. The other priorities take turns in rounds of eight, so that none
/// starves:
///
/// | priority | turns of 8 | guaranteed share while events of this priority wait |
/// |---|---|---|
/// | critical | before all others | everything |
/// | high | 5 | 5/8 of the rest after critical |
/// | normal | 2 | 2/8 |
/// | low | 1 | 1/8 |
///
/// The turn of an empty queue passes to the highest priority with waiting events. Among eight pops of events that are not
/// critical, at least one therefore comes from every queue that has events. Only an endless stream of critical events can hold up
/// the others, and this is intended.
///
/// **Making room.** All priorities share one capacity. If the buffer is full, it evicts the oldest event of the lowest waiting
/// priority, provided that this priority is lower than the new event's. Otherwise the new event is refused. A critical event is
/// therefore refused only if critical events fill the whole buffer.
///
/// Events of the same priority keep their order. A buffer belongs to one thread. ``SharedPriorityBuffer`` is its counterpart for
/// several threads.
///
/// Memory: 44 bytes for each event of the capacity, allocated once (8192: 352 KiB).
public struct PriorityBuffer: ~Copyable, Sendable {
    /// The priority of each turn, in rounds of eight.
    static let turns: InlineArray<8, EventPriority> = [.high, .normal, .high, .low, .high, .normal, .high, .high]
    /// All priorities, highest first, which is the order of the queues. A debug build would allocate an array at each use of
    /// `allCases`.
    private static let priorities: InlineArray<4, EventPriority> = [.critical, .high, .normal, .low]
    /// The end of a list. No slot has this number.
    private static let none = UInt32.max

    /// A list of slots, oldest first.
    private struct Queue {
        var first = PriorityBuffer.none
        var last = PriorityBuffer.none
        var count = 0
        /// The number of these events that have a text.
        var textCount = 0
    }

    /// The largest number of waiting events.
    public let capacity: Int
    /// The number of waiting events.
    public private(set) var count = 0
    private var events: [StatEvent]
    /// The time at which the event in each slot was recorded.
    private var arrivals: [Instant]
    /// The next slot after each slot, in its queue or in the list of free slots.
    private var following: [UInt32]
    private var free: UInt32 = 0
    private var queues = InlineArray<4, Queue>(repeating: Queue())
    private var turn = 0

    /// - Parameter capacity: the number of events of all priorities together; traps outside 1 to 2^24
    public init(capacity: Int) {
        precondition((1...1 << 24).contains(capacity), "a priority buffer holds 1 to 2^24 events")
        self.capacity = capacity
        events = Array(repeating: StatEvent(metric: MetricID(0), value: 0, timestamp: 0), count: capacity)
        arrivals = Array(repeating: .start, count: capacity)
        following = (0..<UInt32(capacity)).map { $0 + 1 == UInt32(capacity) ? Self.none : $0 + 1 }
    }

    /// The number of waiting events of this priority.
    public func count(of priority: EventPriority) -> Int { queues[Int(priority.rawValue)].count }

    /// Adds the event after those of its priority, and makes room if its priority allows that. O(1), never allocates.
    ///
    /// - Parameter arrival: the time of recording, which is kept with the event
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

    /// Whether ``push(_:priority:arrival:)`` would buffer an event of this priority. O(1).
    public func admits(_ priority: EventPriority) -> Bool {
        if count < capacity { return true }
        guard let lowest = lowestWaiting else { return false }
        return lowest < priority
    }

    /// Evicts the oldest event of the lowest priority below `priority`, as long as any of these events has a text. The text pool
    /// frees room in the order of storing, so several evictions may be necessary. nil if no event is left. O(1).
    package mutating func evictForText(of priority: EventPriority) -> StatEvent? {
        var waiting = 0
        for index in Self.priorities.indices where Self.priorities[index] < priority { waiting += queues[index].textCount }
        guard waiting > 0, let lowest = lowestWaiting else { return nil }
        return removeFirst(lowest)
    }

    /// The next event to leave, which stays in the buffer. nil if none waits. O(1).
    public var first: (event: StatEvent, priority: EventPriority, arrival: Instant)? {
        guard let priority = due else { return nil }
        let slot = Int(queues[Int(priority.rawValue)].first)
        return (events[slot], priority, arrivals[slot])
    }

    /// The time at which the next event to leave was recorded. nil if none waits. O(1).
    ///
    /// The getter changes nothing. It is `mutating` because a borrowing call from another module would copy the buffer.
    package var firstArrival: Instant? {
        mutating get { first?.arrival }
    }

    /// Takes the next event. nil if none waits. O(1).
    public mutating func pop() -> (event: StatEvent, priority: EventPriority)? {
        guard let priority = due else { return nil }
        // Critical events do not use up a turn.
        if priority != .critical { turn = (turn + 1) % 8 }
        return (removeFirst(priority), priority)
    }

    /// The priority of the next event. nil if none waits.
    private var due: EventPriority? {
        if count == 0 { return nil }
        if count(of: .critical) > 0 { return .critical }
        return count(of: Self.turns[turn]) > 0 ? Self.turns[turn] : highestWaiting
    }

    private var highestWaiting: EventPriority? {
        for index in Self.priorities.indices where queues[index].count > 0 { return Self.priorities[index] }
        return nil
    }

    private var lowestWaiting: EventPriority? {
        for index in Self.priorities.indices.reversed() where queues[index].count > 0 { return Self.priorities[index] }
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
