import StatsModel

/// When events are due that come at a steady rate, whatever becomes of them: fixed before the first one, so that a slow
/// system is offered no less.
struct OpenLoop: Sendable {
    private let begin: Instant
    private let eventsPerSecond: Double
    private let count: UInt64
    /// Events handed out.
    private(set) var taken: UInt64 = 0

    /// - Parameter eventsPerSecond: above zero
    init(begin: Instant, eventsPerSecond: Double, count: UInt64) {
        precondition(eventsPerSecond > 0, "a schedule has a rate")
        self.begin = begin
        self.eventsPerSecond = eventsPerSecond
        self.count = count
    }

    /// When the next event is due; nil after the last. From the number, not from the event before: nothing adds up.
    var nextDue: Instant? {
        taken < count ? begin + Nanoseconds(Int64(Double(taken) * 1e9 / eventsPerSecond)) : nil
    }

    /// The next event's due time where that is not after `now`.
    mutating func take(until now: Instant) -> Instant? {
        guard let due = nextDue, due <= now else { return nil }
        taken += 1
        return due
    }
}
