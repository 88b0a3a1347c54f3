import StatsModel

/// The amount of measurement: rounds, events, rates and times.
package struct BenchPlan: Codable, Sendable, Equatable {
    /// Rounds of each measurement; their median is the result.
    package var rounds: Int
    /// Individually timed calls in each round of push latency.
    package var timedCalls: Int
    /// How long each round of a load lasts.
    package var loadMilliseconds: Int
    /// Events recorded in each round of throughput, over all producers.
    package var throughputEvents: Int
    /// Events per second that are the rated load of one client. The drop rate is measured at three times this load.
    package var ratedEventsPerSecond: Double
    /// Events per second during the measurement of end-to-end latency.
    package var latencyEventsPerSecond: Double
    /// Events recorded during the count of allocations.
    package var countedEvents: Int
    /// Events that the default client has sent when its memory is measured.
    package var memoryEvents: Int

    /// Takes about half a minute.
    package static let full = BenchPlan(
        rounds: 5, timedCalls: 1_000_000, loadMilliseconds: 1000, throughputEvents: 10_000_000,
        ratedEventsPerSecond: 500_000, latencyEventsPerSecond: 10_000, countedEvents: 1_000_000,
        memoryEvents: 100_000_000)
    /// Takes a few seconds. The high quantiles are coarse.
    package static let quick = BenchPlan(
        rounds: 3, timedCalls: 100_000, loadMilliseconds: 300, throughputEvents: 1_000_000,
        ratedEventsPerSecond: 500_000, latencyEventsPerSecond: 10_000, countedEvents: 100_000,
        memoryEvents: 1_000_000)

    /// The smallest amount that still runs every measurement. The values mean nothing.
    package static let smoke = BenchPlan(
        rounds: 2, timedCalls: 4000, loadMilliseconds: 50, throughputEvents: 20_000, ratedEventsPerSecond: 20_000,
        latencyEventsPerSecond: 10_000, countedEvents: 10_000, memoryEvents: 10_000)

    enum CodingKeys: String, CodingKey {
        case rounds
        case timedCalls = "timed_calls"
        case loadMilliseconds = "load_ms"
        case throughputEvents = "throughput_events"
        case ratedEventsPerSecond = "rated_events_per_second"
        case latencyEventsPerSecond = "latency_events_per_second"
        case countedEvents = "counted_events"
        case memoryEvents = "memory_events"
    }

    var loadDuration: Nanoseconds { .milliseconds(Int64(loadMilliseconds)) }
}
