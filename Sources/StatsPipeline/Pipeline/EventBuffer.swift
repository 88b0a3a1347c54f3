import StatsBuffers
import StatsModel

/// The events that wait between `record` and the packet, each with the moment it was recorded: in the order of
/// recording, or by priority.
///
/// Turned by one thread. In the live client the threads' own rings are only the way in; what waits, waits here, so that
/// the oldest can give way without anybody racing for it.
package struct EventBuffer: ~Copyable {
    /// The order of recording. One slot where the order is by priority.
    private var ring: SPSCRing
    /// In the same places as the ring's slots.
    private var arrivals: [Instant]
    /// The order of priorities. One slot where the order is that of recording: an optional of a type that cannot be
    /// copied would be moved out and in at every call.
    private var lanes: PriorityBuffer
    let isByPriority: Bool
    let capacity: Int

    init(capacity: Int, isByPriority: Bool) {
        self.capacity = capacity
        self.isByPriority = isByPriority
        ring = SPSCRing(capacity: isByPriority ? 1 : capacity)
        arrivals = Array(repeating: .start, count: isByPriority ? 1 : capacity)
        lanes = PriorityBuffer(capacity: isByPriority ? capacity : 1)
    }

    var count: Int { isByPriority ? lanes.count : ring.count }
    var isFull: Bool { count == capacity }

    /// When the event that goes next was recorded; nil when none waits.
    var firstArrival: Instant? {
        if isByPriority { return lanes.first?.arrival }
        return ring.count == 0 ? nil : arrivals[Int(truncatingIfNeeded: ring.consumer.popped) & (arrivals.count - 1)]
    }

    /// The event that goes next, which stays where it is; nil when none waits.
    var first: StatEvent? {
        @inline(__always) mutating get { isByPriority ? lanes.first?.event : ring.consumer.peek() }
    }

    /// Takes the event that goes next. Traps when none waits.
    mutating func removeFirst() {
        if isByPriority {
            if lanes.pop() == nil { preconditionFailure("an empty buffer has no first event") }
        } else {
            ring.consumer.removeFirst()
        }
    }

    /// Puts the event behind all others. For the order of recording, and where there is room; else traps.
    mutating func append(_ event: StatEvent, arrival: Instant) {
        arrivals[Int(truncatingIfNeeded: ring.producer.pushed) & (arrivals.count - 1)] = arrival
        guard ring.producer.push(event) == .buffered else { preconditionFailure("an event is appended where there is room") }
    }

    /// Puts the event behind those of its priority. For the order of priorities.
    mutating func push(_ event: StatEvent, priority: EventPriority, arrival: Instant) -> PriorityPushResult {
        lanes.push(event, priority: priority, arrival: arrival)
    }

    /// Whether there is room for an event of that priority, if need be at the cost of a lower one.
    func admits(_ priority: EventPriority) -> Bool { lanes.admits(priority) }

    /// See ``PriorityBuffer/evictForText(of:)``.
    mutating func evictForText(of priority: EventPriority) -> StatEvent? { lanes.evictForText(of: priority) }
}
