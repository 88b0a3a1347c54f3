import StatsModel

/// The due times of events at a steady rate. They are fixed before the first event, so that a slow system is offered the same
/// load.
struct OpenLoop: Sendable {
    private let begin: Instant
    private let eventsPerSecond: Double
    private let count: UInt64
    /// Events taken so far.
    private(set) var taken: UInt64 = 0

    /// - Parameter eventsPerSecond: above zero
    init(begin: Instant, eventsPerSecond: Double, count: UInt64) {
        precondition(eventsPerSecond > 0, "a schedule has a rate")
        self.begin = begin
        self.eventsPerSecond = eventsPerSecond
        self.count = count
    }

    /// The due time of the next event; nil after the last. It is computed from the event's number, so that rounding errors do
    /// not add up.
    var nextDue: Instant? {
        taken < count ? begin + Nanoseconds(Int64(Double(taken) * 1e9 / eventsPerSecond)) : nil
    }

    /// Takes the next event if it is due by `now`, and returns its due time.
    mutating func take(until now: Instant) -> Instant? {
        guard let due = nextDue, due <= now else { return nil }
        taken += 1
        return due
    }
}
