import StatsModel

/// How much is measured: rounds, events, rates and times.
package struct BenchPlan: Codable, Sendable, Equatable {
    /// Rounds of each measurement; the median of them is the result.
    package var rounds: Int
    /// Single calls timed in each round of push latency.
    package var timedCalls: Int
    /// How long each round of a load lasts.
    package var loadMilliseconds: Int
    /// Events recorded in each round of throughput, all producers together.
    package var throughputEvents: Int
    /// Events a second that count as the rated load of one client; three times as many are offered for the drop rate.
    package var ratedEventsPerSecond: Double
    /// Events a second offered while end-to-end latency is measured.
    package var latencyEventsPerSecond: Double
    /// Events recorded while allocations are counted.
    package var countedEvents: Int
    /// Events that the default client has sent when its memory is looked at.
    package var memoryEvents: Int

    /// About half a minute.
    package static let full = BenchPlan(
        rounds: 5, timedCalls: 1_000_000, loadMilliseconds: 1000, throughputEvents: 10_000_000,
        ratedEventsPerSecond: 500_000, latencyEventsPerSecond: 10_000, countedEvents: 1_000_000,
        memoryEvents: 100_000_000)
    /// A few seconds; the far quantiles are coarse.
    package static let quick = BenchPlan(
        rounds: 3, timedCalls: 100_000, loadMilliseconds: 300, throughputEvents: 1_000_000,
        ratedEventsPerSecond: 500_000, latencyEventsPerSecond: 10_000, countedEvents: 100_000,
        memoryEvents: 1_000_000)

    /// As little as shows that everything is measured; the values say nothing.
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
