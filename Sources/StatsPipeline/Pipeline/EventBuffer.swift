import StatsBuffers
import StatsModel

/// The events that wait between `record` and the packet, each with its time of recording. They wait in the order of recording
/// or by priority.
///
/// A buffer belongs to one thread. In a live client each recording thread has a ring of its own in front of this buffer.
/// Because one thread alone uses the buffer, it can evict the oldest event without a race.
package struct EventBuffer: ~Copyable {
    /// The events in the order of recording. It has one slot if the buffer is ordered by priority.
    private var ring: SPSCRing
    /// The time of recording of the event in each slot of the ring.
    private var arrivals: [Instant]
    /// The events by priority. It has one slot if the buffer is in the order of recording. It is not optional, because an
    /// optional of a noncopyable type would be moved out and in again at every call.
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

    /// The time at which the next event to leave was recorded. nil if none waits.
    var firstArrival: Instant? {
        @inline(__always) mutating get {
            if isByPriority { return lanes.firstArrival }
            return ring.count == 0 ? nil : arrivals[Int(truncatingIfNeeded: ring.consumer.popped) & (arrivals.count - 1)]
        }
    }

    /// The next event to leave, which stays in the buffer. nil if none waits.
    var first: StatEvent? {
        @inline(__always) mutating get { isByPriority ? lanes.first?.event : ring.consumer.peek() }
    }

    /// Removes the next event to leave. Traps if none waits.
    mutating func removeFirst() {
        if isByPriority {
            if lanes.pop() == nil { preconditionFailure("an empty buffer has no first event") }
        } else {
            ring.consumer.removeFirst()
        }
    }

    /// Adds the event after all others. Only for the order of recording. Traps if there is no room.
    mutating func append(_ event: StatEvent, arrival: Instant) {
        arrivals[Int(truncatingIfNeeded: ring.producer.pushed) & (arrivals.count - 1)] = arrival
        guard ring.producer.push(event) == .buffered else { preconditionFailure("an event is appended where there is room") }
    }

    /// Adds the event after those of its priority. Only for the order by priority.
    mutating func push(_ event: StatEvent, priority: EventPriority, arrival: Instant) -> PriorityPushResult {
        lanes.push(event, priority: priority, arrival: arrival)
    }

    /// Whether there is room for an event of this priority, if necessary by evicting one of lower priority.
    func admits(_ priority: EventPriority) -> Bool { lanes.admits(priority) }

    /// See ``PriorityBuffer/evictForText(of:)``.
    mutating func evictForText(of priority: EventPriority) -> StatEvent? { lanes.evictForText(of: priority) }
}
